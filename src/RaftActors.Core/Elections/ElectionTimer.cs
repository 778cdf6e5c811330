namespace RaftActors.Core;

/// <summary>Decides when this process campaigns if it hears no leader (§5.2).</summary>
internal sealed class ElectionTimer(CoreOptions options, RaftState state)
{
    private readonly Prng _prng = new(options.Seed);

    public long DueAt { get; set; }

    /// <summary>The campaigns since a leader was heard.</summary>
    public int Campaigns { get; set; }

    /// <summary>The timeout has ended, and the campaign waits for the write of the term or the vote.</summary>
    public bool IsPostponed { get; set; }

    /// <summary>
    /// The postponed campaign is for a lost leader, and starts after the write. Without this, a connection that closes during a write
    /// would cost a whole timeout. False again when another timeout starts, for a new leader or a candidate.
    /// </summary>
    public bool HasLostLeader { get; set; }

    public bool IsDue => state.Now >= DueAt;

    /// <summary>
    /// Starts a new timeout of random length. A slow disk makes it longer (<see cref="Durability.TimeoutExtension"/>). Pauses do so only
    /// while a leader is known (<see cref="Pauses.TimeoutExtension"/>), because without one the group has nothing to lose by an election.
    /// </summary>
    public void Reset()
    {
        HasLostLeader = false;
        var extension = state.Leader is null ? state.Durability.TimeoutExtension : state.TimeoutExtension;
        DueAt = state.Now + extension + _prng.Between(options.ElectionTimeoutMinTicks, options.ElectionTimeoutMaxTicks);
    }

    /// <summary>Ends the timeout at a tick, if it would end later.</summary>
    public void Hasten(long dueAt) => DueAt = Math.Min(DueAt, dueAt);
}

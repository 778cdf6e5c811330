using System.Collections.Immutable;

namespace RaftActors.Core;

/// <summary>A process that leads its term, and what it knows about the others.</summary>
/// <param name="electedSerial">The last serial in its log when it was elected.</param>
/// <param name="electedBy">The members whose votes had come by then, in order.</param>
internal sealed class LeaderRole(Serial electedSerial, ImmutableArray<Member> electedBy) : Role
{
    private readonly SortedList<Member, Farewell> _farewells = [];

    /// <inheritdoc/>
    public override RaftRole Kind => RaftRole.Leader;

    /// <summary>The last serial in its log when it was elected.</summary>
    public Serial ElectedSerial => electedSerial;

    /// <summary>The members whose votes had come by then, in order.</summary>
    public ImmutableArray<Member> ElectedBy => electedBy;

    /// <summary>Tells which voters are gone and which learners are fit to vote.</summary>
    public required QuorumKeeper Keeper { get; init; }

    /// <summary>The removed members that it still replicates to, in order.</summary>
    public IList<Member> Leaving => _farewells.Keys;

    /// <summary>The uncommitted part of its log.</summary>
    public OpenProposals Open { get; } = new();

    /// <summary>Its rounds of reads.</summary>
    public ReadRounds Rounds { get; } = new();

    /// <summary>Its lease.</summary>
    public Lease Lease { get; } = new();

    /// <summary>The commit index at the last heartbeat: a member that has it keeps up.</summary>
    public LogIndex CommitAtHeartbeat { get; set; }

    /// <summary>The last message with entries; processes that are equally far are sent the same one. Null before the first.</summary>
    public Message.AppendEntries? LastSent { get; set; }

    /// <summary>The processes that it replicates to, in the order of members.</summary>
    public ImmutableArray<Progress> Progresses { get; private set; } = [];

    /// <summary>The voters of the configuration in force.</summary>
    public ImmutableArray<Seat> Voters { get; private set; } = [];

    /// <summary>Its old voters; empty unless it is joint.</summary>
    public ImmutableArray<Seat> OldVoters { get; private set; } = [];

    /// <summary>The progress of a member; null for itself and for members that no configuration in force holds.</summary>
    public Progress? Of(Member member)
    {
        foreach (var progress in Progresses)
        {
            if (progress.Member == member)
            {
                return progress;
            }
        }

        return null;
    }

    /// <summary>Replicates to all members of a configuration, and for a while to those of the one before.</summary>
    public void Track(Configuration configuration, Member self, LogIndex next, long now)
    {
        List<Member> members = [.. configuration.Everybody().Where(member => member != self && member.Incarnation != Incarnation.None)];
        foreach (var gone in Progresses)
        {
            if (!members.Contains(gone.Member))
            {
                _farewells.TryAdd(gone.Member, new Farewell(gone, next));
            }
        }

        members.ForEach(member => _farewells.Remove(member));
        Progresses = [.. members.Union(_farewells.Keys).Order().Select(member => Of(member) ?? new Progress(member, next, now))];
        Voters = [.. configuration.Voters.Select(member => new Seat(member == self, Of(member)))];
        Invariant.That(Progresses.All(progress => progress.Member != self), "a leader does not replicate to itself");
        OldVoters = [.. configuration.OldVoters.Select(member => new Seat(member == self, Of(member)))];
    }

    /// <summary>The removed members, as a copy.</summary>
    public IReadOnlyList<Farewell> Farewells() => _farewells.Count == 0 ? [] : [.. _farewells.Values];

    /// <summary>Ends the replication to a removed member.</summary>
    public void Forget(Member member)
    {
        _farewells.Remove(member);
        Progresses = Progresses.RemoveAll(progress => progress.Member == member);
    }

    /// <summary>
    /// The place of a voter: the leader itself, a process that it replicates to, or one that is kept for an absent process.
    /// </summary>
    public readonly record struct Seat(bool IsSelf, Progress? Other);
}

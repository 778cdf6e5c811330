using System.Collections.Immutable;

namespace RaftActors.Core;

/// <summary>A process that leads its term, and what it believes about the others.</summary>
/// <param name="electedSerial">The last serial in its log when it was elected.</param>
/// <param name="electedBy">Whose votes had come by then, in the order of members.</param>
internal sealed class LeaderRole(Serial electedSerial, ImmutableArray<Member> electedBy) : Role
{
    private readonly SortedList<Member, Farewell> _farewells = [];

    /// <inheritdoc/>
    public override RoleKind Kind => RoleKind.Leader;

    /// <summary>The last serial in its log when it was elected.</summary>
    public Serial ElectedSerial => electedSerial;

    /// <summary>Whose votes had come by then, in the order of members.</summary>
    public ImmutableArray<Member> ElectedBy => electedBy;

    /// <summary>Which voters are gone and which learners are fit to vote.</summary>
    public QuorumKeeper Keeper { get; } = new();

    /// <summary>Those who were removed and are replicated to a little longer, in the order of members.</summary>
    public IList<Member> Leaving => _farewells.Keys;

    /// <summary>What of its log is not committed yet.</summary>
    public OpenProposals Open { get; } = new();

    /// <summary>Reads, and how it knows that it still leads.</summary>
    public ReadRounds Rounds { get; } = new();

    /// <summary>Until when it need not ask.</summary>
    public Lease Lease { get; } = new();

    /// <summary>What was committed one heartbeat ago: who has that keeps up.</summary>
    public LogIndex CommitAtHeartbeat { get; set; }

    /// <summary>The last message with entries; processes that are equally far are sent the same one. Null before the first.</summary>
    public Message.AppendEntries? LastSent { get; set; }

    /// <summary>Everybody it replicates to, in the order of members.</summary>
    public ImmutableArray<Progress> Progresses { get; private set; } = [];

    /// <summary>The voters of the configuration in force, and what is believed about each.</summary>
    public ImmutableArray<Seat> Voters { get; private set; } = [];

    /// <summary>The same of its old voters.</summary>
    public ImmutableArray<Seat> OldVoters { get; private set; } = [];

    /// <summary>What it believes about a member; null for itself and for those whom no configuration in force holds.</summary>
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

    /// <summary>
    /// Replicates from now on to all whom the configuration holds, and to those whom it held before until they are forgotten.
    /// </summary>
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
        OldVoters = [.. configuration.OldVoters.Select(member => new Seat(member == self, Of(member)))];
    }

    /// <summary>Those who were removed, as they were when asked.</summary>
    public IReadOnlyList<Farewell> Farewells() => _farewells.Count == 0 ? [] : [.. _farewells.Values];

    /// <summary>One who was removed knows it, or had time enough.</summary>
    public void Forget(Member member)
    {
        _farewells.Remove(member);
        Progresses = Progresses.RemoveAll(progress => progress.Member == member);
    }

    /// <summary>A voter: the leader itself, somebody whom it replicates to, or a place that is kept for somebody.</summary>
    public readonly record struct Seat(bool IsSelf, Progress? Other);
}

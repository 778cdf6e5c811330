using System.Collections.Immutable;

namespace RaftActors.Core;

/// <summary>
/// A role and the state that belongs to it. Closed. Each change of role makes a new object, so no old state remains.
/// </summary>
internal abstract class Role
{
    private protected Role()
    {
    }

    public abstract RaftRole Kind { get; }
}

/// <summary>A process that follows a leader, or waits for one.</summary>
/// <param name="leader">The leader of the term, or null if unknown. A term has one leader, but the follower may give it up.</param>
/// <param name="leaderSerial">The last serial in the leader's log when this process first heard of it.</param>
internal sealed class FollowerRole(Member? leader, Serial leaderSerial) : Role
{
    public override RaftRole Kind => RaftRole.Follower;

    public Member? Leader => leader;

    public Serial LeaderSerial => leaderSerial;

    /// <summary>The reads that the leader must confirm.</summary>
    public PendingReads Reads { get; } = new();
}

/// <summary>A process that asks whether it could win the next term; its own term stays the same (thesis §9.6).</summary>
/// <param name="unfinished">Its campaign in the current term, which can still be won, or null.</param>
internal sealed class PreCandidateRole(CandidateRole? unfinished) : Role
{
    public override RaftRole Kind => RaftRole.PreCandidate;

    public Ballot Ballot { get; } = new();

    public CandidateRole? Unfinished => unfinished;
}

/// <summary>A process that asks for votes in its term.</summary>
/// <param name="ownVote">The write that makes its own vote durable; the vote counts only then.</param>
internal sealed class CandidateRole(Ticket ownVote) : Role
{
    public override RaftRole Kind => RaftRole.Candidate;

    public Ticket OwnVote => ownVote;

    public Ballot Ballot { get; } = new();
}

/// <summary>A process that leads its term, and what it knows about the others.</summary>
/// <param name="electedSerial">The last serial in its log when it was elected.</param>
/// <param name="electedBy">The members whose votes had come by then, in order.</param>
internal sealed class LeaderRole(Serial electedSerial, ImmutableArray<Member> electedBy) : Role
{
    private readonly SortedList<Member, RemovedPeer> _removed = [];

    public override RaftRole Kind => RaftRole.Leader;

    public Serial ElectedSerial => electedSerial;

    public ImmutableArray<Member> ElectedBy => electedBy;

    /// <summary>Tells which voters are gone and which learners are fit to vote.</summary>
    public required QuorumKeeper Keeper { get; init; }

    /// <summary>The removed members that it still replicates to, in order.</summary>
    public IList<Member> Leaving => _removed.Keys;

    /// <summary>The uncommitted part of its log.</summary>
    public OpenProposals Open { get; } = new();

    /// <summary>The rounds of messages that tell it whether it still leads, and the reads that wait for them.</summary>
    public PendingReads Rounds { get; } = new();

    public Lease Lease { get; } = new();

    /// <summary>The commit index at the last heartbeat. A member that has it keeps up.</summary>
    public LogIndex CommitAtHeartbeat { get; set; }

    /// <summary>The last message with entries, or null. Processes that are equally far are sent the same one.</summary>
    public Message.AppendEntries? LastSent { get; set; }

    /// <summary>The processes that it replicates to, in the order of members.</summary>
    public ImmutableArray<Progress> Progresses { get; private set; } = [];

    /// <summary>The voters of the configuration in force.</summary>
    public ImmutableArray<Seat> Voters { get; private set; } = [];

    /// <summary>The old voters of a joint configuration.</summary>
    public ImmutableArray<Seat> OldVoters { get; private set; } = [];

    /// <summary>The progress of a member, or null for itself and for members that no configuration in force holds.</summary>
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
                _removed.TryAdd(gone.Member, new RemovedPeer(gone, next));
            }
        }

        members.ForEach(member => _removed.Remove(member));
        Progresses = [.. members.Union(_removed.Keys).Order().Select(member => Of(member) ?? new Progress(member, next, now))];
        Voters = [.. configuration.Voters.Select(member => new Seat(member == self, Of(member)))];
        Invariant.That(Progresses.All(progress => progress.Member != self), "a leader does not replicate to itself");
        OldVoters = [.. configuration.OldVoters.Select(member => new Seat(member == self, Of(member)))];
    }

    /// <summary>The removed members, as a copy.</summary>
    public IReadOnlyList<RemovedPeer> RemovedPeers() => _removed.Count == 0 ? [] : [.. _removed.Values];

    public void Forget(Member member)
    {
        _removed.Remove(member);
        Progresses = Progresses.RemoveAll(progress => progress.Member == member);
    }

    /// <summary>A voter: the leader itself, a process that it replicates to, or a place that is kept for an absent process.</summary>
    public readonly record struct Seat(bool IsSelf, Progress? Other);
}

/// <summary>A removed member that the leader still replicates to, so that it learns of its removal.</summary>
/// <param name="Progress">The leader's knowledge of the member's log.</param>
/// <param name="RemovedAt">Index of the configuration entry that removes it.</param>
internal sealed record RemovedPeer(Progress Progress, LogIndex RemovedAt)
{
    /// <summary>The tick at which the leader saw that entry committed, or null.</summary>
    public long? CommittedAt { get; set; }
}

using System.Collections.Immutable;

namespace RaftActors.Core;

/// <summary>
/// Why something that people wait for has not happened, as far as one process knows. Each reads as a sentence; what a sentence says is in
/// the properties too. Closed.
/// </summary>
public abstract record Reason
{
    private Reason()
    {
    }

    private static string Names<T>(ImmutableArray<T> members) => members.IsEmpty ? "nobody" : string.Join(" and ", members);

    /// <summary>It takes no part any more.</summary>
    public sealed record Fenced(Fence Fence) : Reason
    {
        /// <inheritdoc/>
        public override string ToString() => $"this process is shut out: {Fence}";
    }

    /// <summary>It joins, and no committed configuration holds it.</summary>
    public sealed record NotTakenIn : Reason
    {
        /// <inheritdoc/>
        public override string ToString() => "this process waits until a group takes it in";
    }

    /// <summary>The name is not in the roster.</summary>
    public sealed record NotInRoster(ProcessName Name) : Reason
    {
        /// <inheritdoc/>
        public override string ToString() => $"{Name} is not in the roster: it was removed, or never joined";
    }

    /// <summary>Others said that this process was removed, in a configuration that it does not have.</summary>
    public sealed record ToldRemoved(long TicksLeft) : Reason
    {
        /// <inheritdoc/>
        public override string ToString() =>
            $"others say that this process was removed; it asks for no votes for another {TicksLeft} ticks";
    }

    /// <summary>This incarnation may not vote yet.</summary>
    public sealed record NotAdmitted(int Needed, ImmutableArray<ProcessName> ConfirmedBy) : Reason
    {
        /// <inheritdoc/>
        public override string ToString() =>
            $"this process may not vote yet: {Needed} others must have recorded it as the first of its name, and {Names(ConfirmedBy)} has";
    }

    /// <summary>The founding waits until all have met, or its time is up.</summary>
    public sealed record FoundingWaits(ImmutableArray<ProcessName> For, long TicksLeft) : Reason
    {
        /// <inheritdoc/>
        public override string ToString() => $"the founding waits for {Names(For)}, for another {TicksLeft} ticks at most";
    }

    /// <summary>Preloaded logs contradict each other.</summary>
    public sealed record FoundingDisputed(ProcessName With) : Reason
    {
        /// <inheritdoc/>
        public override string ToString() =>
            $"the preloaded pairs of this process and {With} differ, and on a wrong base no group is founded";
    }

    /// <summary>Somebody else should found the group.</summary>
    public sealed record FoundingLeftTo(ProcessName Better) : Reason
    {
        /// <inheritdoc/>
        public override string ToString() => $"the founding is left to {Better}, which has more of the log or the lower name";
    }

    /// <summary>It does not vote, so others have to elect a leader.</summary>
    public sealed record NoVoter(ImmutableArray<Member> Voters) : Reason
    {
        /// <inheritdoc/>
        public override string ToString() => $"this process does not vote; {Names(Voters)} elect a leader";
    }

    /// <summary>A majority refused this process's log while it led (<see cref="RefusalReason.Diverged"/>).</summary>
    public sealed record LogRefused(long TicksLeft) : Reason
    {
        /// <inheritdoc/>
        public override string ToString() =>
            $"a majority refused the log of this process; it asks for no votes for another {TicksLeft} ticks";
    }

    /// <summary>The group is founded, and this process has none of its configurations.</summary>
    public sealed record NoConfiguration : Reason
    {
        /// <inheritdoc/>
        public override string ToString() =>
            "the group is founded, and this process does not have its configuration yet; it waits for the leader";
    }

    /// <summary>With leases: the promise to the last leader, or the one that a start assumes, is not over (thesis §6.4.1).</summary>
    public sealed record BoundByPromise(long TicksLeft) : Reason
    {
        /// <inheritdoc/>
        public override string ToString() => $"this process has promised to elect no other leader for another {TicksLeft} ticks";
    }

    /// <summary>An election is under way, or failed for want of votes.</summary>
    public sealed record VotesMissing(
        Term Term,
        ImmutableArray<Member> Granted,
        ImmutableArray<Member> Refused,
        ImmutableArray<Member> Silent) : Reason
    {
        /// <inheritdoc/>
        public override string ToString() =>
            $"it asks for votes for term {Term}: granted by {Names(Granted)}, refused by {Names(Refused)}, not answered by {Names(Silent)}";
    }

    /// <summary>These voters have said nothing for a longest election timeout.</summary>
    public sealed record VotersNotHeard(ImmutableArray<Member> Voters) : Reason
    {
        /// <inheritdoc/>
        public override string ToString() => $"nothing is heard of {Names(Voters)}";
    }

    /// <summary>Somebody has more of the log and will not vote for this process.</summary>
    public sealed record LogBehind(LogPosition Own, ProcessName Ahead, LogPosition Theirs) : Reason
    {
        /// <inheritdoc/>
        public override string ToString() => $"the log of this process ends at {Own}, behind that of {Ahead} at {Theirs}";
    }

    /// <summary>The next election is not due.</summary>
    public sealed record ElectionNotDue(long TicksLeft) : Reason
    {
        /// <inheritdoc/>
        public override string ToString() => $"this process asks for votes in {TicksLeft} ticks if it hears of no leader";
    }

    /// <summary>The leader has not committed an entry of its term.</summary>
    public sealed record LeaderNotReady(Member Leader) : Reason
    {
        /// <inheritdoc/>
        public override string ToString() => $"{Leader} leads and has not committed an entry of its own term, as far as is known here";
    }

    /// <summary>The leader says nothing, and until its time is up nobody else is voted for.</summary>
    public sealed record LeaderSilent(Member Leader, long Ticks, long BoundTicks) : Reason
    {
        /// <inheritdoc/>
        public override string ToString() =>
            $"{Leader} has led and said nothing for {Ticks} ticks; no vote is given against it for another {BoundTicks}";
    }

    /// <summary>A write was asked for and is not done.</summary>
    public sealed record DiskOutstanding(Ticket Done, Ticket Asked) : Reason
    {
        /// <inheritdoc/>
        public override string ToString() => $"the disk of this process has done write {Done} of {Asked}";
    }

    /// <summary>The serial is not in this log.</summary>
    public sealed record NotInLog(Serial Last) : Reason
    {
        /// <inheritdoc/>
        public override string ToString() => $"it is not in the log of this process, which ends at serial {Last}";
    }

    /// <summary>Only the leader knows what is committed, and has not said so.</summary>
    public sealed record CommitNotHeard(Member? Leader, LogIndex Commit) : Reason
    {
        /// <inheritdoc/>
        public override string ToString() => Leader is { } leader
            ? $"{leader} has said that everything up to index {Commit} is committed, and no more; ask it"
            : $"no leader is known; the last one said that everything up to index {Commit} is committed";
    }

    /// <summary>An older entry is committed with the first that follows it of the leader's own term, and not by itself (§5.4.2).</summary>
    public sealed record OlderTerm(Term Entry, Term Leader, LogIndex With) : Reason
    {
        /// <inheritdoc/>
        public override string ToString() => $"it is of term {Entry}, and is committed with index {With}, the first of term {Leader}";
    }

    /// <summary>Too few disks of a set of voters have it.</summary>
    public sealed record DisksMissing(LogIndex Index, ImmutableArray<Member> Voters, int Needed, ImmutableArray<Member> Have) : Reason
    {
        /// <inheritdoc/>
        public override string ToString() =>
            $"index {Index} must be on the disks of {Needed} of {Names(Voters)}, and is on those of {Names(Have)}";
    }

    /// <summary>They have it on disk and may not vote yet, so they are not counted.</summary>
    public sealed record NotCounted(ImmutableArray<Member> Members) : Reason
    {
        /// <inheritdoc/>
        public override string ToString() => $"{Names(Members)} may not vote yet, and is not counted";
    }

    /// <summary>No configuration is in the log.</summary>
    public sealed record FoundingNotOver : Reason
    {
        /// <inheritdoc/>
        public override string ToString() => "the group is not founded yet, as far as is known here";
    }

    /// <summary>All places are taken.</summary>
    public sealed record QuorumFull(ImmutableArray<Member> Voters) : Reason
    {
        /// <inheritdoc/>
        public override string ToString() => $"the quorum is full: {Names(Voters)}";
    }

    /// <summary>Another life of the process is the one that is counted.</summary>
    public sealed record OtherIncarnation(Member Counted) : Reason
    {
        /// <inheritdoc/>
        public override string ToString() => $"{Counted} is counted, another life of the process, until it is exchanged";
    }

    /// <summary>A change has to be committed first.</summary>
    public sealed record ChangeUnderWay(LogIndex Index) : Reason
    {
        /// <inheritdoc/>
        public override string ToString() =>
            $"the configuration at index {Index} is joint or not committed, and changes are made one at a time";
    }

    /// <summary>It votes no more when the joint configuration is left, and is not in the group any more.</summary>
    public sealed record Leaving(ProcessName Name) : Reason
    {
        /// <inheritdoc/>
        public override string ToString() => $"{Name} leaves the group with that change";
    }

    /// <summary>A place is kept for the process, and it was not met yet.</summary>
    public sealed record NotMet(ProcessName Name) : Reason
    {
        /// <inheritdoc/>
        public override string ToString() => $"{Name} has a place and has not come";
    }

    /// <summary>Its log and ours contradict each other, and neither gives way.</summary>
    public sealed record RefusedLog(Member Member, Serial? DivergesAt) : Reason
    {
        /// <inheritdoc/>
        public override string ToString() =>
            $"{Member} will not have the log of the group"
            + (DivergesAt is { } serial ? $", from which its own differs at serial {serial}" : "");
    }

    /// <summary>It has not everything that is committed.</summary>
    public sealed record NotCaughtUp(LogIndex Has, LogIndex Commit) : Reason
    {
        /// <inheritdoc/>
        public override string ToString() => $"it has the log up to index {Has} on disk, and everything up to {Commit} is committed";
    }

    /// <summary>It votes, is heard, lacks committed entries, and comes no nearer to the commit index.</summary>
    public sealed record Lagging(LogIndex Has, LogIndex Commit, long Ticks, long TicksLeft) : Reason
    {
        /// <inheritdoc/>
        public override string ToString() =>
            $"it votes and lags: it has the log up to index {Has} on disk, {Commit} are committed, "
            + $"and it came no nearer for {Ticks} ticks; "
            + (TicksLeft > 0 ? $"in {TicksLeft} ticks a stable learner may take its place" : "a stable learner is to take its place");
    }

    /// <summary>It has not kept up for long enough without a break.</summary>
    public sealed record NotStable(long TicksLeft) : Reason
    {
        /// <inheritdoc/>
        public override string ToString() => $"it has to keep up for another {TicksLeft} ticks";
    }

    /// <summary>The quorum was changed a short time ago, or the leader is new.</summary>
    public sealed record QuorumAtRest(long TicksLeft) : Reason
    {
        /// <inheritdoc/>
        public override string ToString() => $"the leader leaves the quorum as it is for another {TicksLeft} ticks";
    }

    /// <summary>With it alone an even number would vote.</summary>
    public sealed record NeedsAnother(int Voters, int Size) : Reason
    {
        /// <inheritdoc/>
        public override string ToString() =>
            $"{Voters} of {Size} vote; with one more alone a failure more would not be survived, so it waits for another";
    }

    /// <summary>The group does not choose voters by itself.</summary>
    public sealed record QuorumNotKept : Reason
    {
        /// <inheritdoc/>
        public override string ToString() => "the leader is not to choose voters by itself; assign them";
    }

    /// <summary>Only the leader knows more.</summary>
    public sealed record LeaderDecides(Member? Leader) : Reason
    {
        /// <inheritdoc/>
        public override string ToString() =>
            Leader is { } leader ? $"{leader} decides; ask it" : "no leader is known, and only a leader decides";
    }
}

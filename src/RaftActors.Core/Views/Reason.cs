using System.Collections.Immutable;

namespace RaftActors.Core;

/// <summary>
/// Why something has not happened, as far as one process knows. <see cref="object.ToString"/> returns it as a sentence. Closed.
/// </summary>
internal abstract record Reason
{
    private Reason()
    {
    }

    private static string Names<T>(ImmutableArray<T> members) => members.IsEmpty ? "no process" : string.Join(" and ", members);

    /// <summary>This process is fenced.</summary>
    internal sealed record Fenced(Fence Fence) : Reason
    {
        /// <inheritdoc/>
        public override string ToString() => $"this process is fenced: {Fence}";
    }

    /// <summary>It joins, and no committed configuration holds it.</summary>
    internal sealed record NotTakenIn : Reason
    {
        /// <inheritdoc/>
        public override string ToString() => "this process joins, and no group has taken it in yet";
    }

    /// <summary>The name is not in the roster.</summary>
    internal sealed record NotInRoster(ProcessName Name) : Reason
    {
        /// <inheritdoc/>
        public override string ToString() => $"{Name} is not in the roster: it was removed, or never joined";
    }

    /// <summary>Another process said that this one was removed, in a configuration that it does not have.</summary>
    internal sealed record ToldRemoved(long TicksLeft) : Reason
    {
        /// <inheritdoc/>
        public override string ToString() =>
            $"another process says that this one was removed; it does not campaign for another {TicksLeft} ticks";
    }

    /// <summary>This incarnation may not vote yet.</summary>
    internal sealed record NotAdmitted(int Needed, ImmutableArray<ProcessName> ConfirmedBy) : Reason
    {
        /// <inheritdoc/>
        public override string ToString() =>
            $"this process may not vote yet: {Needed} others must record it as the first of its name, and {Names(ConfirmedBy)} has";
    }

    /// <summary>The founding waits until all have met, or its timeout is over and a majority has met.</summary>
    /// <param name="TicksLeft">Null while no majority has met, because the founding then waits without a limit.</param>
    internal sealed record FoundingWaits(ImmutableArray<ProcessName> For, long? TicksLeft) : Reason
    {
        /// <inheritdoc/>
        public override string ToString() => TicksLeft is { } left
            ? $"the founding waits for {Names(For)}, at most another {left} ticks"
            : $"the founding waits for a majority: {Names(For)} were not heard";
    }

    /// <summary>Preloaded logs contradict each other.</summary>
    internal sealed record FoundingDisputed(ProcessName With) : Reason
    {
        /// <inheritdoc/>
        public override string ToString() =>
            $"the preloaded pairs of this process and {With} differ, so no group is founded";
    }

    /// <summary>A better process is present and should found the group.</summary>
    internal sealed record FoundingLeftTo(ProcessName Better) : Reason
    {
        /// <inheritdoc/>
        public override string ToString() => $"the founding is left to {Better}, which has more of the log or the lower name";
    }

    /// <summary>This process does not vote, so the voters must elect a leader.</summary>
    internal sealed record NoVoter(ImmutableArray<Member> Voters) : Reason
    {
        /// <inheritdoc/>
        public override string ToString() => $"this process does not vote; {Names(Voters)} elect a leader";
    }

    /// <summary>A majority refused this process's log while it led (<see cref="RefusalReason.Diverged"/>).</summary>
    internal sealed record LogRefused(long TicksLeft) : Reason
    {
        /// <inheritdoc/>
        public override string ToString() =>
            $"a majority refused the log of this process; it does not campaign for another {TicksLeft} ticks";
    }

    /// <summary>The group is founded, and this process has none of its configurations.</summary>
    internal sealed record NoConfiguration : Reason
    {
        /// <inheritdoc/>
        public override string ToString() =>
            "the group is founded, and this process does not have its configuration yet; it waits for the leader";
    }

    /// <summary>With leases: the promise to the last leader, or the one that a start assumes, is not over (thesis §6.4.1).</summary>
    internal sealed record BoundByPromise(long TicksLeft) : Reason
    {
        /// <inheritdoc/>
        public override string ToString() => $"this process has promised to elect no other leader for another {TicksLeft} ticks";
    }

    /// <summary>An election is under way, or has too few votes.</summary>
    internal sealed record VotesMissing(
        Term Term,
        ImmutableArray<Member> Granted,
        ImmutableArray<Member> Refused,
        ImmutableArray<Member> Silent) : Reason
    {
        /// <inheritdoc/>
        public override string ToString() =>
            $"it asks for votes for term {Term}: granted by {Names(Granted)}, refused by {Names(Refused)}, not answered by {Names(Silent)}";
    }

    /// <summary>These voters were not heard for a longest election timeout.</summary>
    internal sealed record VotersNotHeard(ImmutableArray<Member> Voters) : Reason
    {
        /// <inheritdoc/>
        public override string ToString() => $"no message came from {Names(Voters)}";
    }

    /// <summary>Another process has a longer log and will not vote for this one.</summary>
    internal sealed record LogBehind(LogPosition Own, ProcessName Ahead, LogPosition Theirs) : Reason
    {
        /// <inheritdoc/>
        public override string ToString() => $"the log of this process ends at {Own}, behind that of {Ahead} at {Theirs}";
    }

    /// <summary>The next election is not due.</summary>
    internal sealed record ElectionNotDue(long TicksLeft) : Reason
    {
        /// <inheritdoc/>
        public override string ToString() => $"this process campaigns in {TicksLeft} ticks if it hears no leader";
    }

    /// <summary>The leader has not committed an entry of its term.</summary>
    internal sealed record LeaderNotReady(Member Leader) : Reason
    {
        /// <inheritdoc/>
        public override string ToString() =>
            $"{Leader} leads and, as far as this process knows, has not committed an entry of its own term";
    }

    /// <summary>The leader is silent, and until its time is up this process votes for no other.</summary>
    internal sealed record LeaderSilent(Member Leader, long Ticks, long BoundTicks) : Reason
    {
        /// <inheritdoc/>
        public override string ToString() =>
            $"{Leader} leads and is silent for {Ticks} ticks; this process votes for no other for another {BoundTicks}";
    }

    /// <summary>A write is outstanding.</summary>
    internal sealed record DiskOutstanding(Ticket Done, Ticket Asked) : Reason
    {
        /// <inheritdoc/>
        public override string ToString() => $"the disk of this process has done write {Done} of {Asked}";
    }

    /// <summary>A read of the store takes too long.</summary>
    internal sealed record ReadOutstanding : Reason
    {
        public static ReadOutstanding Instance { get; } = new();

        /// <inheritdoc/>
        public override string ToString() => "the disk of this process does not answer a read";
    }

    /// <summary>The serial is not in this log.</summary>
    internal sealed record NotInLog(Serial Last) : Reason
    {
        /// <inheritdoc/>
        public override string ToString() => $"it is not in the log of this process, which ends at serial {Last}";
    }

    /// <summary>Only the leader knows the commit index, and this process has not heard it.</summary>
    internal sealed record CommitNotHeard(Member? Leader, LogIndex Commit) : Reason
    {
        /// <inheritdoc/>
        public override string ToString() => Leader is { } leader
            ? $"the last commit index heard from {leader} is {Commit}; ask it"
            : $"no leader is known; the last commit index heard is {Commit}";
    }

    /// <summary>An entry of an older term is committed with the first entry of the leader's own term (§5.4.2).</summary>
    internal sealed record OlderTerm(Term Entry, Term Leader, LogIndex With) : Reason
    {
        /// <inheritdoc/>
        public override string ToString() => $"it is of term {Entry}, and is committed with index {With}, the first of term {Leader}";
    }

    /// <summary>Too few voters of a set have the entry on disk.</summary>
    internal sealed record DisksMissing(LogIndex Index, ImmutableArray<Member> Voters, int Needed, ImmutableArray<Member> Have) : Reason
    {
        /// <inheritdoc/>
        public override string ToString() =>
            $"index {Index} must be on the disks of {Needed} of {Names(Voters)}, and is on those of {Names(Have)}";
    }

    /// <summary>These members have the entry on disk and are not counted, since they may not vote yet.</summary>
    internal sealed record NotCounted(ImmutableArray<Member> Members) : Reason
    {
        /// <inheritdoc/>
        public override string ToString() => $"{Names(Members)} may not vote yet, and is not counted";
    }

    /// <summary>No configuration is in the log.</summary>
    internal sealed record FoundingNotOver : Reason
    {
        /// <inheritdoc/>
        public override string ToString() => "as far as this process knows, the group is not founded yet";
    }

    /// <summary>K processes vote already.</summary>
    internal sealed record QuorumFull(ImmutableArray<Member> Voters) : Reason
    {
        /// <inheritdoc/>
        public override string ToString() => $"the quorum is full: {Names(Voters)}";
    }

    /// <summary>Another incarnation of the process votes.</summary>
    internal sealed record OtherIncarnation(Member Counted) : Reason
    {
        /// <inheritdoc/>
        public override string ToString() => $"{Counted}, another incarnation of the process, votes until it is exchanged";
    }

    /// <summary>A change must be committed first.</summary>
    internal sealed record ChangeUnderWay(LogIndex Index) : Reason
    {
        /// <inheritdoc/>
        public override string ToString() =>
            $"the configuration at index {Index} is joint or not committed, and changes are made one at a time";
    }

    /// <summary>It leaves the group together with the joint configuration.</summary>
    internal sealed record Leaving(ProcessName Name) : Reason
    {
        /// <inheritdoc/>
        public override string ToString() => $"{Name} leaves the group with this change";
    }

    /// <summary>A place is kept for the process, which was not met yet.</summary>
    internal sealed record NotMet(ProcessName Name) : Reason
    {
        /// <inheritdoc/>
        public override string ToString() => $"{Name} has a place and was not met yet";
    }

    /// <summary>Its log contradicts that of the leader, and neither gives way.</summary>
    internal sealed record RefusedLog(Member Member, Serial? DivergesAt) : Reason
    {
        /// <inheritdoc/>
        public override string ToString() =>
            $"{Member} refuses the log of the group"
            + (DivergesAt is { } serial ? $", from which its own differs at serial {serial}" : "");
    }

    /// <summary>It lacks committed entries.</summary>
    internal sealed record NotCaughtUp(LogIndex Has, LogIndex Commit) : Reason
    {
        /// <inheritdoc/>
        public override string ToString() => $"it has the log up to index {Has} on disk, and the commit index is {Commit}";
    }

    /// <summary>It votes and answers, lacks committed entries, and makes no progress.</summary>
    internal sealed record Lagging(LogIndex Has, LogIndex Commit, long Ticks, long TicksLeft) : Reason
    {
        /// <inheritdoc/>
        public override string ToString() =>
            $"it votes and lags: it has the log up to index {Has} on disk, the commit index is {Commit}, "
            + $"and it made no progress for {Ticks} ticks; "
            + (TicksLeft > 0 ? $"in {TicksLeft} ticks a stable learner may take its place" : "a stable learner takes its place");
    }

    /// <summary>It has not kept up for <see cref="CoreOptions.StableTicks"/> yet.</summary>
    /// <param name="TicksLeft">The rest of the time.</param>
    /// <param name="LostVote">It lately lost its vote because it was gone, so it must keep up for longer than others.</param>
    internal sealed record NotStable(long TicksLeft, bool LostVote = false) : Reason
    {
        /// <inheritdoc/>
        public override string ToString() =>
            $"it must keep up for another {TicksLeft} ticks{(LostVote ? ", since it lost its vote lately" : "")}";
    }

    /// <summary>A failure domain has a majority of the voters. Its failure would stop the group.</summary>
    internal sealed record DomainCrowded(string Domain, ImmutableArray<Member> Voters) : Reason
    {
        /// <inheritdoc/>
        public override string ToString() =>
            $"most voters are in {Domain}: {Names(Voters)}; a fit learner of another domain gets one of these votes, if that domain then "
            + "has fewer voters than this one had";
    }

    /// <summary>The quorum changed, or the leader was elected, less than <see cref="CoreOptions.StableTicks"/> ago.</summary>
    internal sealed record QuorumAtRest(long TicksLeft) : Reason
    {
        /// <inheritdoc/>
        public override string ToString() => $"the leader does not change the quorum for another {TicksLeft} ticks";
    }

    /// <summary>Its promotion alone would make the number of voters even.</summary>
    internal sealed record NeedsAnother(int Voters, int Size) : Reason
    {
        /// <inheritdoc/>
        public override string ToString() =>
            $"{Voters} of {Size} vote; one voter more would not survive one failure more, so it waits for a second learner";
    }

    /// <summary>The leader does not change the voters (<see cref="CoreOptions.KeepsQuorum"/>).</summary>
    internal sealed record QuorumNotKept : Reason
    {
        /// <inheritdoc/>
        public override string ToString() => "the leader does not change the voters by itself; assign them";
    }

    /// <summary>Only the leader knows more.</summary>
    internal sealed record LeaderDecides(Member? Leader) : Reason
    {
        /// <inheritdoc/>
        public override string ToString() =>
            Leader is { } leader ? $"{leader} decides; ask it" : "no leader is known, and only a leader decides";
    }
}

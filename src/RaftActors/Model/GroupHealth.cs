using System.Collections.Immutable;

using static RaftActors.ProblemKind;
using static RaftActors.ProblemSeverity;

namespace RaftActors;

/// <summary>
/// Checks the health of a group, or of one process. Health checks, the dashboard and the <c>raft</c> program show its words.
/// </summary>
internal static class GroupHealth
{
    private const string Bug = "Save the data directories and report a bug: this must not happen.";

    private static readonly ImmutableArray<Rule> Rules =
    [
        // Said by a process of itself.
        new(Failed, Stopped, "has stopped", "Mend the cause, then restart its node.", status => After(": ", status.Failure)),
        new(NoActor, Stopped, "has no actor, so it answers no query", "Look at its log for the cause, then restart the actor or its node.",
            status => If(status is { IsOpen: true, Failure: null, Actor: null, HeldAt: null })),
        new(Opening, NotReady, "is still opening its store", null, status => If(status.Standing == Opening)),
        new(Fenced, NotReady, "is fenced",
            "Stop it, run 'raft log forget GROUP --data DIR', and start it as before: it rejoins while a majority runs without it.",
            status => After(": ", status.Fence)),
        new(OldProgram, NotReady, "has too old a program", "Stop it, and start it with the program of the others.",
            status => After(": ", status.Refusal)),
        new(Founding, NotReady, "waits to found its group", "Start all of them, each with the same roster.",
            status => status.Standing != Founding ? null
                : After(" with ", Names(status.Members.Select(member => member.Name).Where(name => name != status.Name)))),
        new(Waiting, NotReady, "waits to be added to its group",
            "Add it by a Join, or a process of a shard by 'raft shards move', or stop it.",
            status => If(status.Standing == Waiting && !status.IsElsewhere)),
        new(Removed, NotReady, "was removed from its group", "Stop it, or add it again by a Join.",
            status => If(status.Standing == Removed && !status.IsElsewhere)),
        new(Held, NotReady, "has a held actor",
            "Deploy a program that can handle it. The process votes meanwhile, and its actor tries again by itself.",
            status => status.HeldAt is not { } held ? null
                : $", whose {held.Callback} fails{held.Place}: {held.Error}"),
        new(NameConflict, Risk, "sees two processes with one name",
            "Stop one of the two, or give its node a name of its own in raft.node.",
            status => After(": ", FirstSentence(status.NameConflict))),
        new(ContractConflict, Risk, "sees values of different JSON in one logic version",
            "Run one program on all nodes, and raise LogicVersion when a type or a property changes.",
            status => After(": ", FirstSentence(status.ContractConflict))),
        new(DiskNearlyFull, Risk, "takes no pairs as a leader, because fewer bytes than raft.store.free-space-floor are free on its disk",
            "Make room on the disk. No restart is needed.", status => If(status.IsDiskNearlyFull)),
        new(Diverged, Risk, "has another state than others",
            "Look for different programs, and for a clock or a random number in HandleAppend. Then stop it, run 'raft log forget GROUP "
            + "--data DIR', and start it.",
            status => status.DivergedAt is not { } differs || !differs.Concerns(status.Name) ? null
                : $" since serials {differs.Serials.First} to {differs.Serials.Last}: {differs.Describe(name => name.Value)}"
                    + (differs.Rebuild is { } rebuild ? $". {rebuild.TrimEnd('.')}" : "")),

        // Seen by a process of its group.
        new(KnowsNoLeader, NotReady, "knows no leader", null, Sees: status => If(IsReady(status) && status.Leader is null)),
        new(Behind, NotReady, "has received the pairs up to serial", null, Sees: status =>
            IsReady(status) && status.Leader is not null && status.Delivered < status.Committed
                ? $" {status.Delivered} of {status.Committed}"
                : null),
        new(ReachesFew, Risk, "reaches no more voters than a majority", "Start the others, or add members until three vote.",
            Sees: status => status.Standing is null or Founding
                && VotesOf(status.Members, name => name == status.Name || status.Reachable.Contains(name)) is var (reached, all)
                && reached <= (all / 2) + 1 ? $": {reached} of {all}{EndOf([status])}" : null),

        // Shown by several answers of one process.
        new(Silent, NotReady, "does not answer",
            "If it is down, start it. If it runs, look at its log, and at the network to its node.",
            OfMember: (_, status) => If(status is null)),
        new(Unreached, Risk, "does not reach",
            "Look at the network and the firewalls between the nodes, and at the warnings in their logs.",
            OfMember: (group, status) => status is { Standing: null } && group.Members.Select(member => member.Name).Where(
                name => name != status.Name && !status.Reachable.Contains(name) && group.StatusOf(name) is not null).ToList()
                is [_, ..] unreached ? $" {Names(unreached)}, which answers" : null),
        new(Stale, Risk, "does not know the latest members or leader yet", null,
            OfMember: (group, status) => If(status is { Standing: null } && (status.MembersAt < group.Latest?.MembersAt
                || (status.Leader is not null && status.Leader != group.Leader)))),

        // Shown by them of the group.
        new(TwoGroups, Stopped, "shares its name with another group",
            "Decide which group is the right one. Stop each process of the others, run 'raft log forget GROUP --data "
            + "DIR', and add it to that one.",
            OfGroup: group => MembersIn(group).GroupBy(status => status.Identity).ToList()
                is [_, _, ..] all ? ": " + string.Join("; ", all.Select(each => $"{NamesOf(each)} in {each.Key:N}")) : null),
        new(TwoLeaders, Stopped, "has two leaders", Bug,
            OfGroup: group => MembersIn(group).Where(status => status.Leader is not null).GroupBy(status => status.Term)
                .Select(term => term.Select(status => status.Leader).OfType<ProcessName>().Distinct().ToList())
                .FirstOrDefault(leaders => leaders.Count > 1) is { } two ? $" in one term: {Names(two)}" : null),
        new(TwoConfigurations, Stopped, "has different members at one index", Bug,
            OfGroup: group => MembersIn(group).GroupBy(status => (status.Identity, status.MembersAt)).FirstOrDefault(
                each => each.Any(status => !status.Members.SequenceEqual(each.First().Members))) is { } all ? $": {NamesOf(all)}" : null),
        new(NoMajority, NotReady, "has no majority",
            "Start the others. If a majority is lost for ever with its disks, see 'raft recover --help'.",
            OfGroup: group => VotesIn(group) is var (active, all) && IsLost(active, all)
                ? $": {active} of {all} voters take part{EndOf(group.Processes)}"
                : null),
        new(NoLeader, NotReady, "has no leader that is known",
            "If it lasts, run 'raft explain' on several members: it tells why nobody leads.",
            OfGroup: group => If(group.Leader is null && VotesIn(group) is var (active, all) && !IsLost(active, all))),
        new(Narrow, Risk, "can lose no voter", "Start the others, or add members until three vote.",
            OfGroup: group => group.Leader is not null && VotesIn(group) is var (active, all) && !IsLost(active, all)
                && active <= (all / 2) + 1 ? $": {active} of {all} take part{EndOf(group.Processes)}" : null),
    ];

    /// <summary>Returns the problems of a group, as the answers of its processes show them: the worst first.</summary>
    /// <param name="group">The group.</param>
    public static ImmutableArray<GroupProblem> Of(GroupStatus group)
    {
        ArgumentNullException.ThrowIfNull(group);
        return Sorted([.. Check(group.Group, null, rule => rule.OfGroup?.Invoke(group)), .. group.Names.SelectMany(OfMember)]);

        IEnumerable<GroupProblem> OfMember(ProcessName name)
        {
            var status = group.StatusOf(name);
            return Check(group.Group, name, rule =>
                (status is null ? null : rule.OfItself?.Invoke(status)) ?? rule.OfMember?.Invoke(group, status));
        }
    }

    /// <summary>Returns the problems of one process, as it knows them itself: the worst first.</summary>
    /// <param name="process">The process.</param>
    public static ImmutableArray<GroupProblem> Of(RaftStatus process)
    {
        ArgumentNullException.ThrowIfNull(process);
        return Sorted(Check(
            process.Group, process.Name, rule => rule.OfItself?.Invoke(process) ?? rule.Sees?.Invoke(process)));
    }

    private static ImmutableArray<GroupProblem> Sorted(IEnumerable<GroupProblem> problems) =>
        [.. problems.OrderByDescending(problem => problem.Severity)];

    private static IEnumerable<GroupProblem> Check(string name, ProcessName? process, Func<Rule, string?> detailOf) =>
        from rule in Rules
        let detail = detailOf(rule)
        where detail is not null
        select new GroupProblem(name, process, rule, detail);

    private static bool IsReady(RaftStatus status) => status is { Standing: null, HeldAt: null, Actor: not null };

    private static bool IsLost(int active, int all) => all > 0 && 2 * active <= all;

    private static IEnumerable<RaftStatus> MembersIn(GroupStatus group) => group.Processes.Where(status => status.Standing is null);

    private static (int Active, int All) VotesIn(GroupStatus group) =>
        VotesOf(group.Members, name => group.StatusOf(name) is { Standing: null or Founding });

    private static (int Active, int All) VotesOf(ImmutableArray<GroupMember> members, Predicate<ProcessName> isActive) =>
        (members.Count(member => member.IsVoter && isActive(member.Name)), members.Count(member => member.IsVoter));

    // Told with the loss of a majority, because the Akka.Cluster ends with it.
    private static string EndOf(IEnumerable<RaftStatus> processes) => processes.Any(status => status.DownsMembers)
        ? ", and without a majority the nodes of the Akka.Cluster down themselves"
        : "";

    private static string? If(bool applies) => applies ? "" : null;

    private static string? After(string before, string? detail) => detail is null ? null : before + detail;

    private static string? FirstSentence(string? text) => text?.Split(". ")[0];

    private static string Names(IEnumerable<ProcessName> names) => string.Join(", ", names);

    private static string NamesOf(IEnumerable<RaftStatus> answers) => Names(answers.Select(status => status.Name));

    /// <summary>
    /// How a problem is told. The text is a predicate of the process or the group. A rule returns the rest of the sentence, or null if it
    /// does not apply.
    /// </summary>
    /// <param name="OfItself">Checks by what a process says of itself.</param>
    /// <param name="Sees">Checks by what a process alone sees of its group.</param>
    /// <param name="OfMember">Checks a process by all answers. It has none if it is null.</param>
    /// <param name="OfGroup">Checks the group by all answers.</param>
    internal sealed record Rule(
        ProblemKind Kind,
        ProblemSeverity Severity,
        string Text,
        string? Remedy,
        Func<RaftStatus, string?>? OfItself = null,
        Func<RaftStatus, string?>? Sees = null,
        Func<GroupStatus, RaftStatus?, string?>? OfMember = null,
        Func<GroupStatus, string?>? OfGroup = null);
}

using System.Collections.Immutable;

using static RaftActors.ProblemKind;
using static RaftActors.ProblemSeverity;

namespace RaftActors;

/// <summary>
/// Judges the health of a group, or of one process. Health checks, the dashboard and the <c>raft</c> program show its words.
/// </summary>
public static class GroupHealth
{
    private const string Bug = "Save the data directories and report a bug: this must not happen.";

    private static readonly ImmutableArray<Rule> Rules =
    [
        // What a process says of itself.
        new(Failed, Stopped, "has stopped", "Look at its log and its disk, then restart its node.", status => After(": ", status.Failure)),
        new(NoActor, Stopped, "has no actor, so it answers no query", "Look at its log for the cause, then restart the actor or its node.",
            status => If(status is { IsOpen: true, Failure: null, Actor: null, HeldAt: null })),
        new(Opening, NotReady, "is still opening its store", null, status => If(status.Standing == Opening)),
        new(Fenced, NotReady, "is fenced",
            "Stop it, move its data directory away, and start it as before: it rejoins while a majority runs without it.",
            status => After(": ", status.Fence)),
        new(Founding, NotReady, "waits to found its group", "Start all of them, each with the same roster.",
            status => status.Standing != Founding ? null
                : After(" with ", Names(status.Members.Select(member => member.Name).Where(name => name != status.Name)))),
        new(Waiting, NotReady, "waits to be added to its group", "Add it by a Join, or stop it.",
            status => If(status.Standing == Waiting)),
        new(Removed, NotReady, "was removed from its group", "Stop it, or add it again by a Join.",
            status => If(status.Standing == Removed)),
        new(Held, NotReady, "has a held actor",
            "Deploy a program that can. The process votes meanwhile, and its actor tries again by itself.",
            status => status.HeldAt is not { } held ? null
                : $", which cannot {(held.IsSnapshot ? "restore the snapshot up to" : "apply")} serial {held.Serial}: {held.Error}"),
        new(NameConflict, Risk, "sees two processes with one name",
            "Stop one of the two, or give its node a name of its own in raft.node.",
            status => After(": ", FirstSentence(status.NameConflict))),
        new(ContractConflict, Risk, "sees values of different JSON in one logic version",
            "Run one program on all nodes, and raise LogicVersion when a type or a property changes.",
            status => After(": ", FirstSentence(status.ContractConflict))),
        new(DiskNearlyFull, Risk, "takes no pairs as a leader, because fewer bytes than raft.store.free-space-floor are free on its disk",
            "Make room on the disk. No restart is needed.", status => If(status.IsDiskNearlyFull)),
        new(Diverged, Risk, "has another state than others",
            "Look for different programs, and for a clock or a random number in HandleAppend. Then start it with an empty store.",
            status => status.Divergence is not { } differs || !differs.Concerns(status.Name) ? null
                : $" since serials {differs.Serials.First} to {differs.Serials.Last}: {differs.Describe(name => name.Value)}"),

        // What a process sees of its group.
        new(KnowsNoLeader, NotReady, "knows no leader", null),
        new(Behind, NotReady, "has received the pairs up to serial", null),
        new(ReachesFew, Risk, "reaches no more voters than a majority", "Start the others, or add members until three vote."),

        // What several answers show.
        new(Silent, NotReady, "does not answer",
            "If it is down, start it. If it runs, look at its log, and at the network to its node."),
        new(Unreached, Risk, "does not reach",
            "Look at the network and the firewalls between the nodes, and at the warnings in their logs."),
        new(Stale, Risk, "does not know the latest members or leader yet", null),
        new(TwoGroups, Stopped, "shares its name with another group",
            "Decide which group is the right one. Stop each process of the others, move its directory away, and add it to that one."),
        new(TwoLeaders, Stopped, "has two leaders", Bug),
        new(TwoConfigurations, Stopped, "has different members at one index", Bug),
        new(NoMajority, NotReady, "has no majority",
            "Start the others. If a majority is lost for ever with its disks, see 'raft recover --help'."),
        new(NoLeader, NotReady, "has no leader that is known",
            "If it lasts, run 'raft explain' on several members: it tells why nobody leads."),
        new(SomeSilent, NotReady, "has members that do not answer", "Start them."),
        new(Narrow, Risk, "can lose no voter", "Start the others, or add members until three vote."),
    ];

    /// <summary>Returns the problems of a group, as the answers of its processes show them: the worst first.</summary>
    /// <param name="group">The group.</param>
    public static ImmutableArray<GroupProblem> Of(GroupStatus group)
    {
        ArgumentNullException.ThrowIfNull(group);
        var names = group.Members.Select(member => member.Name).Union(group.Processes.Select(status => status.Name)).Order();
        return Sorted([.. OfAll(group), .. names.SelectMany(name => OfOne(group, name))]);
    }

    /// <summary>Returns the problems of one process, as it knows them itself: the worst first.</summary>
    /// <param name="process">The process.</param>
    public static ImmutableArray<GroupProblem> Of(RaftStatus process)
    {
        ArgumentNullException.ThrowIfNull(process);
        GroupProblem[] own = [.. OwnOf(process)];
        return Sorted([.. own, .. SeenBy(process, isReady: own.All(each => each.Severity == Risk))]);
    }

    /// <summary>The problems of a group of which there are only rows.</summary>
    /// <param name="silent">The number of members without a row.</param>
    internal static ImmutableArray<GroupProblem> Of(IReadOnlyList<ProcessRow> rows, bool hasLeader, int silent)
    {
        var group = rows[0].Place.Group;
        List<GroupProblem> problems = [];
        if (silent > 0)
        {
            problems.Add(Problem(group, null, SomeSilent, $": {silent}"));
        }

        if (!hasLeader)
        {
            problems.Add(Problem(group, null, NoLeader));
        }

        return Sorted([
            .. problems,
            .. rows.SelectMany(row => Rules.Where(rule => row.Has(rule.Kind)).Select(
                rule => new GroupProblem(group, row.Place.Name, rule, ""))),
        ]);
    }

    /// <summary>The kinds of the problems that a process says of itself.</summary>
    internal static ProblemKind KindsOf(RaftStatus process) =>
        OwnOf(process).Aggregate(default(ProblemKind), (kinds, problem) => kinds | problem.Kind);

    private static ImmutableArray<GroupProblem> Sorted(IEnumerable<GroupProblem> problems) =>
        [.. problems.OrderByDescending(problem => problem.Severity)];

    private static IEnumerable<GroupProblem> OwnOf(RaftStatus process) =>
        from rule in Rules
        let detail = rule.Detail?.Invoke(process)
        where detail is not null
        select new GroupProblem(process.Group, process.Name, rule, detail);

    private static IEnumerable<GroupProblem> SeenBy(RaftStatus process, bool isReady)
    {
        if (isReady && process.Leader is null)
        {
            yield return Problem(process.Group, process.Name, KnowsNoLeader);
        }
        else if (isReady && process.Delivered < process.Committed)
        {
            yield return Problem(process.Group, process.Name, Behind, $" {process.Delivered} of {process.Committed}");
        }

        var voters = process.Members.Where(member => member.IsVoter).ToList();
        var inReach = voters.Count(voter => voter.Name == process.Name || process.Reachable.Contains(voter.Name));
        if (process.Standing is null or Founding && inReach <= (voters.Count / 2) + 1)
        {
            yield return Problem(process.Group, process.Name, ReachesFew, $": {inReach} of {voters.Count}");
        }
    }

    private static IEnumerable<GroupProblem> OfAll(GroupStatus group)
    {
        var identities = group.Processes.Where(status => status.Identity != Guid.Empty).GroupBy(status => status.Identity).ToList();
        if (identities.Count > 1)
        {
            yield return About(TwoGroups, ": " + string.Join(
                "; ", identities.Select(each => $"{Names(each.Select(status => status.Name))} in {each.Key:N}")));
        }

        var members = group.Processes.Where(status => status.Standing is null).ToList();
        if (members.Where(status => status.Leader is not null).GroupBy(status => status.Term)
            .FirstOrDefault(term => term.Select(status => status.Leader).Distinct().Count() > 1) is { } led)
        {
            var leaders = Names(led.Select(status => status.Leader).OfType<ProcessName>().Distinct());
            yield return About(TwoLeaders, $" in term {led.Key}: {leaders}");
        }

        if (members.GroupBy(status => (status.Identity, status.MembersIndex))
            .FirstOrDefault(each => each.Any(status => !status.Members.SequenceEqual(each.First().Members))) is { } differing)
        {
            yield return About(TwoConfigurations, $": {Names(differing.Select(status => status.Name))}");
        }

        var voters = group.Members.Where(member => member.IsVoter).ToList();
        var active = voters.Count(voter => group.StatusOf(voter.Name) is { Standing: null or Founding });
        if (2 * active <= voters.Count && voters.Count > 0)
        {
            yield return About(NoMajority, $": {active} of {voters.Count} voters take part");
        }
        else if (group.Leader is null)
        {
            yield return About(NoLeader);
        }
        else if (active <= (voters.Count / 2) + 1)
        {
            yield return About(Narrow, $": {active} of {voters.Count} take part");
        }

        GroupProblem About(ProblemKind kind, string detail = "") => Problem(group.Group, null, kind, detail);
    }

    private static IEnumerable<GroupProblem> OfOne(GroupStatus group, ProcessName name)
    {
        if (group.StatusOf(name) is not { } status)
        {
            return [Problem(group.Group, name, Silent)];
        }

        List<GroupProblem> problems = [.. OwnOf(status)];
        if (status.Standing is not null)
        {
            return problems;
        }

        var unreached = group.Members.Select(member => member.Name).Where(
            other => other != name && !status.Reachable.Contains(other) && group.StatusOf(other) is not null).ToList();
        if (unreached.Count > 0)
        {
            problems.Add(Problem(group.Group, name, Unreached, $" {Names(unreached)}, which answers"));
        }

        if (status.MembersIndex < group.Latest?.MembersIndex || (status.Leader is not null && status.Leader != group.Leader))
        {
            problems.Add(Problem(group.Group, name, Stale));
        }

        return problems;
    }

    private static GroupProblem Problem(string group, ProcessName? process, ProblemKind kind, string detail = "") =>
        new(group, process, Rules.First(rule => rule.Kind == kind), detail);

    private static string? If(bool applies) => applies ? "" : null;

    private static string? After(string before, string? detail) => detail is null ? null : before + detail;

    private static string? FirstSentence(string? text) => text?.Split(". ")[0];

    private static string Names(IEnumerable<ProcessName> names) => string.Join(", ", names);

    /// <summary>How a problem is told. The text is a predicate of the process or the group, which a detail may continue.</summary>
    /// <param name="Detail">Judges what a process says of itself. Null, or null as its result: the rule does not apply.</param>
    internal sealed record Rule(
        ProblemKind Kind, ProblemSeverity Severity, string Text, string? Remedy, Func<RaftStatus, string?>? Detail = null);
}

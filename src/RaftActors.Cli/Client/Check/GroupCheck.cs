namespace RaftActors.Cli.Client.Check;

/// <summary>Finds the problems of a group, also those that show only in two samples, or only from this machine.</summary>
internal sealed class GroupCheck(GroupReport first, GroupReport second)
{
    private const string Group = "group";

    // These problems are only risks, but a correct group never has them, so each is a failure.
    private static readonly string[] MustNotBe = [ProblemKind.NameConflict, ProblemKind.ContractConflict, ProblemKind.Diverged];

    // A node that answers later uses up much of the default heartbeat interval of 250 ms.
    private static readonly TimeSpan RoundTripMax = TimeSpan.FromMilliseconds(100);

    private readonly Target _target = second.Target;

    public IEnumerable<Finding> Findings() => [.. AboutGroup(), .. second.Rows.SelectMany(About)];

    private IEnumerable<Finding> ProblemsOf(ProcessName? process) =>
        from problem in second.Problems
        where problem.Process == process
        let isFailure = problem.Severity != ProblemSeverity.Risk || MustNotBe.Contains(problem.Kind)
        select new Finding(
            isFailure ? FindingLevel.Fail : FindingLevel.Warn,
            process is { } one ? _target.Show(one) : Group,
            $"it {second.TextOf(problem)}",
            second.RemedyOf(problem));

    private List<Finding> AboutGroup()
    {
        List<Finding> findings = [.. ProblemsOf(null)];
        if (second.Term > first.Term)
        {
            findings.Add(Finding.Warn(
                Group,
                $"the term rose from {first.Term} to {second.Term} between two samples, so there are elections",
                "Look for long pauses of the machines, slow disks and lost packets. On slow machines raise raft.election-timeout."));
        }

        if (findings.Count == 0 && second.Answers is { Leader: { } leader, Latest: { } latest })
        {
            var voters = latest.Members.Count(member => member.IsVoter);
            findings.Add(Finding.Ok(
                Group,
                $"{_target.Show(leader)} leads in term {second.Term}; {voters} of {latest.Members.Length} members of the group "
                    + $"{latest.Identity:N} vote"));
        }

        return findings;
    }

    private List<Finding> About(MemberRow row)
    {
        var shown = _target.Show(row.Name);
        List<Finding> findings = [.. ProblemsOf(row.Name)];
        if (row.Status is not { } status)
        {
            return findings;
        }

        var time = $"{row.RoundTrip.TotalMilliseconds:0.0} ms";
        if (row.RoundTrip > RoundTripMax)
        {
            findings.Add(Finding.Warn(
                shown,
                $"it answers after {time}, which is long",
                "Look at the load of its machine, and at the network between this machine and it."));
        }

        if (first.Answers.StatusOf(row.Name)?.Delivered == status.Delivered && status.Delivered.Value < first.Committed)
        {
            findings.Add(Finding.Warn(
                shown,
                $"it is {second.Committed - status.Delivered.Value} pairs behind, and does not move",
                $"Run 'raft explain {shown}' to see what it waits for."));
        }

        return findings.Count > 0
            ? findings
            : [Finding.Ok(shown, $"{StatusTable.RoleOf(status)} in term {status.Term}, answers after {time}")];
    }
}

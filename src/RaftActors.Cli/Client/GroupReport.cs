namespace RaftActors.Cli.Client;

/// <summary>A group at one moment: a row for each member, and for each other process that answered.</summary>
/// <param name="whyUnreached">Says why the address of a process cannot be reached, if that is known.</param>
internal sealed class GroupReport(Target target, GroupStatus group, ImmutableArray<MemberRow> rows, Func<string?, string?> whyUnreached)
{
    public Target Target => target;

    public GroupStatus Answers => group;

    public ImmutableArray<MemberRow> Rows => rows;

    public ImmutableArray<GroupProblem> Problems { get; } = group.Problems;

    public long Term => group.Processes.Select(status => status.Term).DefaultIfEmpty().Max();

    /// <summary>The highest serial that a process knows to be committed.</summary>
    public long Committed => group.Processes.Select(status => status.Committed.Value).DefaultIfEmpty().Max();

    /// <summary>True if the group can commit, because it has a majority and a leader.</summary>
    public bool IsHealthy => Problems.All(problem => problem.Process is not null || problem.Severity == ProblemSeverity.Risk);

    /// <summary>True if each member can serve, too.</summary>
    public bool IsWhole => Problems.All(problem =>
        problem.Severity == ProblemSeverity.Risk || rows.Any(row => row.Name == problem.Process && row.IsVoter is null));

    public static GroupReport Of(GroupStatus group, GroupClient client)
    {
        var rows = group.Names.Select(name => new MemberRow(
            name, group.Members.FirstOrDefault(member => member.Name == name)?.IsVoter, group.StatusOf(name)));
        return new GroupReport(client.Target, group, [.. rows], client.WhyUnreached);
    }

    /// <summary>Asks the group, then each process that answered once more, and measures that round trip.</summary>
    public static async Task<GroupReport> TakeAsync(GroupClient client, CancellationToken end)
    {
        var known = Of(await client.StatusAsync(end).ConfigureAwait(false), client);
        var rows = await Task.WhenAll(known.Rows.Select(AskAsync)).ConfigureAwait(false);
        return new GroupReport(client.Target, known.Answers, [.. rows], client.WhyUnreached);

        async Task<MemberRow> AskAsync(MemberRow row)
        {
            var start = Stopwatch.GetTimestamp();
            if (row.Status is not null)
            {
                await client.Raft.StatusAsync(row.Name, cancellationToken: end).ConfigureAwait(false);
            }

            return row with { At = start, RoundTrip = Stopwatch.GetElapsedTime(start) };
        }
    }

    /// <summary>The first problem, with the number of the others.</summary>
    public static string? Brief(IReadOnlyCollection<string> problems) => problems.Count switch
    {
        0 => null,
        1 => problems.First(),
        var count => $"{problems.First()} (and {count - 1} more)",
    };

    /// <summary>The problems of a process in short, each with the command that ends it if there is one.</summary>
    public string? NoteOf(ProcessName process) => Brief([
        .. Problems.Where(problem => problem.Process == process).Select(
            problem => Command(problem) is { } command ? $"{TextOf(problem)}: {command}" : TextOf(problem)),
    ]);

    public string TextOf(GroupProblem problem) =>
        problem is { Kind: ProblemKind.Silent, Process: { } silent } && whyUnreached(target.AddressOf(silent, null)) is { } why
            ? $"{problem.TextIn(group.Group)}: {why}"
            : target.Show(problem.TextIn(group.Group));

    /// <summary>What to do, or null for a problem that ends by itself.</summary>
    public string? RemedyOf(GroupProblem problem) =>
        Command(problem) is { } command ? $"{char.ToUpperInvariant(command[0])}{command[1..]}." : problem.Remedy;

    // The remedy of GroupHealth does not know the names and addresses of this command line.
    private string? Command(GroupProblem problem)
    {
        if (problem.Process is not { } process)
        {
            return null;
        }

        ProcessName[] members = [.. group.Members.Select(member => member.Name)];
        var by = members.OrderByDescending(name => group.IsPresent(name)).Cast<ProcessName?>()
            .FirstOrDefault(name => name != process);
        var add = $"run '{target.AddCommand(process, by)}'";
        return problem.Kind switch
        {
            ProblemKind.Founding when members is [] || members.Contains(process) =>
                $"start all of them, each with the same {target.Roster}",
            ProblemKind.Founding => $"stop it, {target.StartIt(process, members)}, then {add}",
            ProblemKind.Waiting or ProblemKind.Removed => add,
            _ => null,
        };
    }
}

/// <param name="IsVoter">Null for a process that is not a member.</param>
/// <param name="At">When the reply came, as a timestamp of <see cref="Stopwatch"/>.</param>
internal sealed record MemberRow(ProcessName Name, bool? IsVoter, RaftStatus? Status, long At = 0, TimeSpan RoundTrip = default)
{
    /// <summary>Commits per second since an earlier row of the same process.</summary>
    public double? RateSince(MemberRow? before) => Status is { } status && before?.Status is { } former
        ? Math.Max(0, status.Committed.Value - former.Committed.Value) / Stopwatch.GetElapsedTime(before.At, At).TotalSeconds
        : null;
}

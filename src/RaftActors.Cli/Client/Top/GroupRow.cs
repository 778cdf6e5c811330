namespace RaftActors.Cli.Client.Top;

/// <summary>One group at one moment, by the lists of its nodes.</summary>
internal sealed record GroupRow(string Group, ImmutableArray<RaftStatus> Processes)
{
    // Problems that only one process sees, and that pass by themselves, or show as another problem of the group.
    private static readonly string[] Unlisted = [ProblemKind.KnowsNoLeader, ProblemKind.Behind, ProblemKind.ReachesFew];

    public long Term => Members.Select(process => process.Term).DefaultIfEmpty().Max();

    /// <summary>The leader of the latest term, if a member that answered knows it.</summary>
    public ProcessName? Leader
    {
        get
        {
            var term = Term;
            var latest = Members.Where(process => process.Term == term).ToList();
            return latest.FirstOrDefault(process => process.Role == RaftRole.Leader)?.Name
                ?? latest.FirstOrDefault(process => process.Leader is not null)?.Leader;
        }
    }

    public long Committed => Processes.Max(process => process.Committed.Value);

    /// <summary>The committed pairs that the slowest member has not applied.</summary>
    public long Lag => Committed - Members.Select(process => process.Delivered.Value).DefaultIfEmpty(Committed).Min();

    /// <summary>The number of members that the leader knows, or without a leader the process with the latest term and pair.</summary>
    public int Known => Math.Max(Answered, Latest.Members.Length);

    public int Answered => Members.Count();

    /// <summary>The longest of the latest syncs of the members.</summary>
    public TimeSpan? SyncTime => Processes.Max(process => process.SyncTime);

    private RaftStatus Latest => Processes.OrderByDescending(process => process.Role == RaftRole.Leader)
        .ThenByDescending(process => process.Term).ThenByDescending(process => process.Committed).First();

    private IEnumerable<RaftStatus> Members => Processes.Where(IsMember);

    // A process that is opening or has failed is not silent, because its node answered. It does not know yet that it is a member.
    private int Silent => Math.Max(0, Known - Answered - Processes.Count(
        process => !IsMember(process) && process.Standing is ProblemKind.Opening or ProblemKind.Failed));

    /// <summary>The problems of the group, and of its processes as they know them themselves, as predicates.</summary>
    public ImmutableArray<(ProcessName? Process, string Text)> Problems =>
    [
        .. Silent > 0 ? [(null, $"has members that do not answer: {Silent}")] : ((ProcessName?, string)[])[],
        .. Leader is null ? [(null, "has no leader that is known")] : ((ProcessName?, string)[])[],
        .. Processes.SelectMany(process => process.Problems).Where(problem => !Unlisted.Contains(problem.Kind))
            .OrderByDescending(problem => problem.Severity).Select(problem => (problem.Process, problem.TextIn(Group))),
    ];

    /// <summary>Commits per second since an earlier row of the same group.</summary>
    public double? RateSince(GroupRow? before, TimeSpan time) =>
        before is null ? null : Math.Max(0, Committed - before.Committed) / time.TotalSeconds;

    public string? Note(Target target) => GroupReport.Brief([
        .. Problems.Select(problem => problem.Process is { } process ? $"{target.Show(process)} {problem.Text}" : problem.Text),
    ]);

    private static bool IsMember(RaftStatus process) => process.IsOpen && process.Outside is null or ProblemKind.Founding;
}

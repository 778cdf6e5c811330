namespace RaftActors.Cli.Client.Top;

/// <summary>One group at one moment, by the answers of its processes.</summary>
internal sealed record GroupRow(string Group, ImmutableArray<ProcessRow> Processes)
{
    public long Term => Members.Select(process => process.Term).DefaultIfEmpty().Max();

    /// <summary>The leader of the latest term, if a member that answered knows it.</summary>
    public ProcessName? Leader
    {
        get
        {
            var term = Term;
            var latest = Members.Where(process => process.Term == term).ToList();
            return latest.FirstOrDefault(process => process.Role == RaftRole.Leader)?.Place.Name
                ?? latest.FirstOrDefault(process => process.Leader is not null)?.Leader;
        }
    }

    public long Committed => Processes.Max(process => process.Committed.Value);

    /// <summary>The committed pairs that the slowest member has not applied.</summary>
    public long Lag => Committed - Members.Select(process => process.Delivered.Value).DefaultIfEmpty(Committed).Min();

    /// <summary>The number of members that the leader knows, or without a leader the process with the latest term and pair.</summary>
    public int Known => Math.Max(Answered, Latest.Members);

    public int Answered => Members.Count();

    /// <summary>The longest of the latest syncs of the members.</summary>
    public TimeSpan? SyncTime => Processes.Max(process => process.SyncTime);

    private ProcessRow Latest => Processes.OrderByDescending(process => process.Role == RaftRole.Leader)
        .ThenByDescending(process => process.Term).ThenByDescending(process => process.Committed).First();

    private IEnumerable<ProcessRow> Members => Processes.Where(process => process.IsMember);

    // A process that is opening or has failed is not silent, because its node answered. It does not know yet that it is a member.
    public int Silent => Math.Max(
        0, Known - Answered - Processes.Count(process => !process.IsMember && process.Has(ProblemKind.Opening | ProblemKind.Failed)));

    public ImmutableArray<GroupProblem> Problems => GroupHealth.Of(Processes, hasLeader: Leader is not null, Silent);

    /// <summary>Commits per second since an earlier row of the same group.</summary>
    public double? RateSince(GroupRow? before, TimeSpan time) =>
        before is null ? null : Math.Max(0, Committed - before.Committed) / time.TotalSeconds;

    public string? Note(Target target) => GroupReport.Brief([
        .. Problems.Select(problem => problem.Process is { } process ? $"{target.Show(process)} {problem.Text}" : problem.Text),
    ]);
}

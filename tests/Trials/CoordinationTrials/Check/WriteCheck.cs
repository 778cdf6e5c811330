namespace CoordinationTrials.Check;

/// <summary>
/// Finds writes that show two holders of one resource at a time. It does not trust the register: it sees only the accepted writes, in their
/// order. Not thread-safe.
/// </summary>
public sealed class WriteCheck
{
    private readonly Dictionary<string, History> _histories = [];
    private readonly List<string> _problems = [];

    public IReadOnlyList<string> Problems => _problems;

    public void Add(Write write)
    {
        if (!_histories.TryGetValue(write.Resource, out var history))
        {
            _histories.Add(write.Resource, history = new());
        }

        if (history.Latest is { } latest && latest.Instance != write.Instance)
        {
            history.Former.Add(latest.Instance);
            if (history.Former.Contains(write.Instance))
            {
                _problems.Add($"overlap: {write.Resource} is written by {write.Instance} after {latest.Instance}, its successor");
            }
        }

        if (write.Token < history.Highest)
        {
            _problems.Add($"old token: {write.Resource} is written under {write.Token} after {history.Highest}");
        }

        if (write.Token is { } token)
        {
            history.Highest = Math.Max(history.Highest, token);
            if (!history.NodeOf.TryAdd(token, write.Node) && history.NodeOf[token] != write.Node)
            {
                _problems.Add(
                    $"shared token: {write.Resource} is written under {token} by node {write.Node} and by node {history.NodeOf[token]}");
            }
        }

        history.Latest = write;
    }

    private sealed class History
    {
        public Write? Latest { get; set; }

        public long Highest { get; set; }

        /// <summary>The instances that another one has followed.</summary>
        public HashSet<string> Former { get; } = [];

        public Dictionary<long, int> NodeOf { get; } = [];
    }
}

namespace KeyValueTrials.Nodes;

/// <summary>A node of demo/KeyValue as a process, and its restarts.</summary>
/// <param name="number">From 1.</param>
/// <param name="disk">The folder for its data.</param>
internal sealed class KeyValueNode(int number, Host host, int httpPort, int raftPort, string disk)
    : Restartable($"node {number}, {AddressOf(host)}:{raftPort}")
{
    public int Number => number;

    public string Url { get; } = $"http://{AddressOf(host)}:{httpPort}";

    /// <summary>Its address for other nodes.</summary>
    public string Address { get; } = $"{AddressOf(host)}:{raftPort}";

    /// <summary>Its present process. It differs after a restart.</summary>
    public string Life => $"{Name}, start {Starts}";

    public void Start(IEnumerable<string> options, IReadOnlyDictionary<string, string>? environment = null) =>
        Add(host.Start(
            Path.Combine(AppContext.BaseDirectory, "KeyValue.dll"),
            [
                "--contentRoot", AppContext.BaseDirectory, "--urls", Url, "--RaftActors:Node", Address,
                "--RaftActors:StoreDirectory", Path.Combine(disk, "raft"), .. options,
            ],
            environment));

    private static string AddressOf(Host host) => host.Address.Length > 0 ? host.Address : "127.0.0.1";
}

/// <summary>The page /status of a node: what it knows about one group.</summary>
internal sealed record GroupStatus(string Group, string Role, string? Leader, IReadOnlyList<string> Voters, IReadOnlyList<string> Learners)
{
    public static IReadOnlyList<GroupStatus> Parse(string page) =>
        JsonSerializer.Deserialize<IReadOnlyList<GroupStatus>>(page, JsonSerializerOptions.Web)!;
}

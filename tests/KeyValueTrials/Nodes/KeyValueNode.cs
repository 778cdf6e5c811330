using System.Text.Json;

namespace KeyValueTrials.Nodes;

/// <summary>A node of demo/KeyValue as a process, and its restarts.</summary>
/// <param name="number">From 1.</param>
internal sealed class KeyValueNode(int number, Host host, int httpPort, int raftPort, string data) : IDisposable
{
    private readonly List<ChildProcess> _processes = [];

    public int Number => number;

    public string Name => $"node {number}";

    public Host Host => host;

    public string Url { get; } = $"http://{AddressOf(host)}:{httpPort}";

    /// <summary>Its address for other nodes.</summary>
    public string Address { get; } = $"{AddressOf(host)}:{raftPort}";

    /// <summary>The directory for the log.</summary>
    public string Data => data;

    /// <summary>Its present process. It differs after a restart.</summary>
    public string Life => $"{Name}, start {_processes.Count}";

    public ChildProcess Process => _processes[^1];

    public bool IsRunning => _processes is [.., var latest] && !latest.HasEnded;

    public void Start(IEnumerable<string> options, IReadOnlyDictionary<string, string>? environment = null) =>
        _processes.Add(host.Start(
            Path.Combine(AppContext.BaseDirectory, "KeyValue.dll"),
            [
                "--contentRoot", AppContext.BaseDirectory, "--urls", Url, "--RaftActors:Node", Address,
                "--RaftActors:StoreDirectory", data, .. options,
            ],
            environment));

    /// <summary>Stops the node with SIGTERM.</summary>
    /// <returns>The time until its end.</returns>
    public async Task<TimeSpan> Stop()
    {
        var since = System.Diagnostics.Stopwatch.GetTimestamp();
        Process.Send(Signal.Terminate);
        return await Process.Ended(Guards.Wait) is var code && code == 0
            ? System.Diagnostics.Stopwatch.GetElapsedTime(since)
            : throw new TrialFailure($"after SIGTERM {Name} {(code is null ? "still runs" : $"ended with exit code {code}")}");
    }

    /// <summary>The last lines of its latest processes.</summary>
    public string Tail() => string.Join('\n', _processes.TakeLast(3).SelectMany(Lines).TakeLast(30));

    public void Dispose() => _processes.ForEach(process => process.Dispose());

    private static string AddressOf(Host host) => host.Address.Length > 0 ? host.Address : "127.0.0.1";

    private static IEnumerable<string> Lines(ChildProcess process) =>
        process.Lines(_ => true).Select(line => line.Text.Length > 300 ? line.Text[..300] + "..." : line.Text).Append("(end)");
}

/// <summary>The page /status of a node: what it knows about one group.</summary>
internal sealed record GroupStatus(string Group, string Role, string? Leader, IReadOnlyList<string> Voters, IReadOnlyList<string> Learners)
{
    public static IReadOnlyList<GroupStatus> Parse(string page) =>
        JsonSerializer.Deserialize<IReadOnlyList<GroupStatus>>(page, JsonSerializerOptions.Web)!;
}

/// <summary>Time limits of waits that usually end at once. A trial that exceeds one fails; they measure nothing.</summary>
internal static class Guards
{
    /// <summary>The limit for an answer or the end of a process. A process on a busy machine may need 30 s to start.</summary>
    public static TimeSpan Wait { get; } = TimeSpan.FromMinutes(2);

    /// <summary>The limit of a request that is asked again and again.</summary>
    public static TimeSpan Request { get; } = TimeSpan.FromSeconds(5);
}

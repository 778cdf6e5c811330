namespace RaftActors.Benchmarks.Cluster;

/// <summary>
/// A child process with actor systems that have a remoting and no raft actor. It writes its counters for each line of standard input, and
/// ends with it.
/// </summary>
internal static class EmptyNode
{
    public const string Verb = "empty-node";

    private static readonly TimeSpan WaitMax = TimeSpan.FromSeconds(60);

    /// <param name="arguments">Settings as HOCON, and the ports.</param>
    public static async Task<int> RunAsync(string[] arguments)
    {
        var systems = arguments[1].Split(',').Select(port => NodeSystem.Create(arguments[0], port, [port], directory: null)).ToArray();
        do
        {
            Console.WriteLine($"counters {NodeCounters.Now}");
        }
        while (await Console.In.ReadLineAsync() is not null);

        await Task.WhenAll(systems.Select(system => system.Terminate()));
        return 0;
    }

    /// <summary>Starts three actor systems.</summary>
    /// <param name="topology">single: in one process; multi: each in a process of its own.</param>
    public static async Task<ChildProcess[]> StartAsync(string topology, string settings)
    {
        var ports = FreePorts.Take(3).Select(port => port.ToString(CultureInfo.InvariantCulture)).ToArray();
        ChildProcess[] nodes =
        [
            .. (topology == "single" ? [string.Join(',', ports)] : ports).Select(own => ChildProcess.Start(
                "dotnet", [typeof(EmptyNode).Assembly.Location, Verb, settings, own])),
        ];
        await Task.WhenAll(nodes.Select(node => CountersAsync(node, from: 0)));
        return nodes;
    }

    /// <summary>The sum of their counters.</summary>
    public static async Task<NodeCounters> ReadAsync(ChildProcess[] nodes) => NodeCounters.Sum(await Task.WhenAll(nodes.Select(node =>
    {
        var from = node.LineCount;
        node.Tell("read");
        return CountersAsync(node, from);
    })));

    private static async Task<NodeCounters> CountersAsync(ChildProcess node, int from) =>
        await node.Line(line => line.Text.StartsWith("counters ", StringComparison.Ordinal), WaitMax, from) is { } line
            ? NodeCounters.Parse(line.Text["counters ".Length..])
            : throw new TimeoutException("An empty actor system did not start in time, or did not answer.");
}

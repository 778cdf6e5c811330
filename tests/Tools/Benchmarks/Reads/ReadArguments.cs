namespace RaftActors.Benchmarks.Reads;

/// <summary>The options of the benchmark of queries.</summary>
internal sealed record ReadArguments
{
    public const string Help = """
        read [options]     measures queries through RaftClient: a fresh group of three nodes for each cell and run, with stores in memory

          --consistency LIST linearizable, lease, local and recent; recent waits for a serial (default all)
          --at LIST         the process of the clients: leader, follower, or remote: one without a node (default all)
          --topology LIST   single: three actor systems in one process; multi: three processes (default single)
          --clients LIST    closed loops, each with one open Query (default 1,64)
          --seconds N       length of the window (default 10)
          --warm-up N       seconds with clients before the window (default 3)
          --runs N          runs of each cell; they take turns with those of the other cells (default 3)
          --help            print this help
        """;

    public IReadOnlyList<string> Consistencies { get; private init; } = ["linearizable", "lease", "local", "recent"];

    public IReadOnlyList<string> At { get; private init; } = ["leader", "follower", "remote"];

    public IReadOnlyList<string> Topologies { get; private init; } = ["single"];

    public int[] Clients { get; private init; } = [1, 64];

    public double Seconds { get; private init; } = 10;

    public double WarmUp { get; private init; } = 3;

    public int Runs { get; private init; } = 3;

    /// <summary>All cells, in the order of the table.</summary>
    public IEnumerable<Cell> Cells =>
        from topology in Topologies
        from consistency in Consistencies
        from at in At
        from clients in Clients
        select new Cell("memory", topology, at, clients, 0) { Consistency = consistency, WarmUp = WarmUp };

    /// <exception cref="UsageException">An option is unknown, or its value cannot be read.</exception>
    public static ReadArguments Parse(ReadOnlySpan<string> words)
    {
        var parsed = new ReadArguments();
        while (words is [var option, .. var rest])
        {
            var value = rest is [var next, ..] ? next : "";
            parsed = option switch
            {
                "--consistency" when OptionValue.Words(value, "linearizable", "lease", "local", "recent") is { } consistencies =>
                    parsed with { Consistencies = consistencies },
                "--at" when OptionValue.Words(value, "leader", "follower", "remote") is { } at => parsed with { At = at },
                "--topology" when OptionValue.Words(value, "single", "multi") is { } topologies => parsed with { Topologies = topologies },
                "--clients" when OptionValue.Numbers(value) is { } clients => parsed with { Clients = clients },
                "--seconds" when OptionValue.Seconds(value) is { } seconds => parsed with { Seconds = seconds },
                "--warm-up" when OptionValue.Seconds(value) is { } seconds => parsed with { WarmUp = seconds },
                "--runs" when OptionValue.Numbers(value) is [var runs] => parsed with { Runs = runs },
                _ => throw UsageException.Of(option, value),
            };
            words = rest[1..];
        }

        return parsed;
    }
}

namespace RaftActors.Benchmarks.Cluster;

/// <summary>The options of the benchmark of clusters.</summary>
internal sealed record ClusterArguments
{
    public const string Help = """
        cluster [options]  measures Appends through RaftClient: a fresh group of three nodes for each cell and run

          --store LIST      memory and file; file syncs each write (default memory,file)
          --topology LIST   single: three actor systems in one process; multi: three processes (default single,multi)
          --clients LIST    closed loops, each with one open Append (default 1,16,64,256)
          --load LIST       then also open loops with as many callers, at these percents of the rate of the closed loop. Prints their
                            table in place of that of closed loops
          --payload LIST    bytes of a value (default 256)
          --transport LIST  tcp; tls: tcp with raft.security (default tcp)
          --voters N        voters of each group (default 3)
          --groups N        groups with the same nodes; clients take turns. Needs --topology single or --at remote (default 1)
          --at LIST         the process of the clients: leader, follower, or remote: one without a node (default leader)
          --seconds N       length of the window (default 10)
          --warm-up N       seconds with clients before the window (default 3)
          --runs N          runs of each cell; they take turns with those of the other cells (default 5)
          --directory DIR   folder of the stores, on the disk to measure (default: the current directory)
          --garbage-max N   the exit code is 1 if a run allocates more than N bytes an Append, what the log keeps included
          --csv FILE        also write a line for each run
          --svg FILE        also draw the rate and p99 by the number of clients
          --help            print this help
        """;

    public IReadOnlyList<string> Stores { get; private init; } = ["memory", "file"];

    public IReadOnlyList<string> Topologies { get; private init; } = ["single", "multi"];

    public int[] Clients { get; private init; } = [1, 16, 64, 256];

    public int[] Payloads { get; private init; } = [256];

    public int[] Loads { get; private init; } = [];

    public int Voters { get; private init; } = 3;

    public int Groups { get; private init; } = 1;

    public IReadOnlyList<string> Transports { get; private init; } = ["tcp"];

    public IReadOnlyList<string> At { get; private init; } = ["leader"];

    public double Seconds { get; private init; } = 10;

    public int Runs { get; private init; } = 5;

    public string Directory { get; private init; } = ".";

    public double WarmUp { get; private init; } = 3;

    public int GarbageMax { get; private init; } = int.MaxValue;

    public string? Csv { get; private init; }

    public string? Svg { get; private init; }

    /// <summary>All cells, in the order of the table.</summary>
    public IEnumerable<Cell> Cells =>
        from store in Stores
        from topology in Topologies
        from at in At
        from payload in Payloads
        from clients in Clients
        from transport in Transports
        select new Cell(store, topology, at, clients, payload)
        {
            Transport = transport,
            WarmUp = WarmUp,
            Loads = Loads,
            Voters = Voters,
            Groups = Groups,
        };

    /// <exception cref="UsageException">An option is unknown, or its value cannot be read.</exception>
    public static ClusterArguments Parse(ReadOnlySpan<string> words)
    {
        var parsed = new ClusterArguments();
        while (words is [var option, .. var rest])
        {
            var value = rest is [var next, ..] ? next : "";
            parsed = option switch
            {
                "--store" when OptionValue.Words(value, "memory", "file") is { } stores => parsed with { Stores = stores },
                "--topology" when OptionValue.Words(value, "single", "multi") is { } topologies => parsed with { Topologies = topologies },
                "--clients" when OptionValue.Numbers(value) is { } clients => parsed with { Clients = clients },
                "--payload" when OptionValue.Numbers(value) is { } payloads => parsed with { Payloads = payloads },
                "--load" when OptionValue.Numbers(value) is { } loads => parsed with { Loads = loads },
                "--voters" when OptionValue.Numbers(value) is [var voters] => parsed with { Voters = voters },
                "--groups" when OptionValue.Numbers(value) is [var groups] => parsed with { Groups = groups },
                "--transport" when OptionValue.Words(value, "tcp", "tls") is { } ways => parsed with { Transports = ways },
                "--at" when OptionValue.Words(value, "leader", "follower", "remote") is { } at => parsed with { At = at },
                "--seconds" when OptionValue.Seconds(value) is { } seconds => parsed with { Seconds = seconds },
                "--warm-up" when OptionValue.Seconds(value) is { } seconds => parsed with { WarmUp = seconds },
                "--runs" when OptionValue.Numbers(value) is [var runs] => parsed with { Runs = runs },
                "--directory" when value.Length > 0 => parsed with { Directory = value },
                "--garbage-max" when OptionValue.Numbers(value) is [var bytes] => parsed with { GarbageMax = bytes },
                "--csv" when value.Length > 0 => parsed with { Csv = value },
                "--svg" when value.Length > 0 => parsed with { Svg = value },
                _ => throw UsageException.Of(option, value),
            };
            words = rest[1..];
        }

        return parsed.Groups > 1 && parsed.Topologies.Contains("multi") && parsed.At.Any(at => at != "remote")
            ? throw new UsageException("The leaders of several groups are in several processes. Add --topology single or --at remote.")
            : parsed;
    }
}

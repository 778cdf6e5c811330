namespace RaftActors.Benchmarks.Cluster;

/// <summary>One combination that is measured.</summary>
/// <param name="At">The process of the clients: that of the leader or of a follower, or remote: one without a node.</param>
/// <param name="Payload">Bytes of a value.</param>
internal sealed record Cell(string Store, string Topology, string At, int Clients, int Payload)
{
    /// <summary>The consistency of queries, as <see cref="ClusterNode"/> reads it; null: the clients append.</summary>
    public string? Consistency { get; init; }

    /// <summary>See <see cref="TransportConfig"/>.</summary>
    public string Transport { get; init; } = "tcp";

    /// <summary>Seconds with clients before the window.</summary>
    public double WarmUp { get; init; } = 3;

    /// <summary>The loads of open loops after the closed loop, in percent of its rate.</summary>
    public IReadOnlyList<int> Loads { get; init; } = [];

    /// <summary>Voters of each group.</summary>
    public int Voters { get; init; } = 3;

    /// <summary>Groups on the same nodes. The clients take turns.</summary>
    public int Groups { get; init; } = 1;

    /// <summary>The command of <see cref="ClusterNode"/>.</summary>
    /// <param name="rate">Calls per second of an open loop; null: the loop is closed.</param>
    public string Command(double seconds, double? rate = null) => Consistency is null
        ? FormattableString.Invariant($"load {At} {Clients} {Payload} {WarmUp} {seconds} {rate}").TrimEnd()
        : FormattableString.Invariant($"query {At} {Clients} {Consistency} {WarmUp} {seconds}");

    /// <summary>What a chart has in common: all but the number of clients and the way.</summary>
    public string Chart => Consistency is null
        ? $"{Store}, {Topology}, {Place}, {Payload} B{Unless(3, Voters, "voters")}{Unless(1, Groups, "groups")}"
        : $"{Consistency}, {Store}, {Topology}, {Place}";

    private string Place => At switch { "leader" => "at the leader", "follower" => "at a follower", _ => "remote" };

    private static string Unless(int usual, int number, string name) => number == usual ? "" : $", {number} {name}";

    public override string ToString() => $"{Chart}, {Clients} clients, {Transport}";
}

/// <summary>The view of the clients of one run.</summary>
/// <param name="Latencies">p50, p99, p99.9 and maximum, in microseconds.</param>
/// <param name="Failed">Appends that did not end as Done, and queries without an answer.</param>
/// <param name="LateP99">Of an open loop: p99 of the delay from the planned start of a call to its start, in microseconds.</param>
/// <param name="OpenMost">Of an open loop: the most calls that were open at one time.</param>
public sealed record Load(
    long Operations, double OperationsPerSecond, double[] Latencies, long Failed, double LateP99 = 0, long OpenMost = 0)
{
    /// <summary>Of an open loop. The line lacks it.</summary>
    public Interval Window { get; init; }

    /// <summary>The calls above p99 of an open loop. The line lacks them.</summary>
    public Interval[] SlowCalls { get; init; } = [];

    /// <summary>The line of a node: <c>load</c>, and the figures in their order.</summary>
    public string Line => FormattableString.Invariant(
        $"load {Operations} {OperationsPerSecond:R} {string.Join(' ', Latencies)} {Failed} {LateP99:R} {OpenMost}");

    /// <summary>Reads such a line. That of a closed loop may lack the last two figures.</summary>
    public static Load Parse(string line)
    {
        var numbers = line.Split(' ').Skip(1).Select(word => double.Parse(word, CultureInfo.InvariantCulture)).ToArray();
        var (late, open) = (numbers.ElementAtOrDefault(7), numbers.ElementAtOrDefault(8));
        return new Load((long)numbers[0], numbers[1], numbers[2..6], (long)numbers[6], late, (long)open);
    }

    public override string ToString() => FormattableString.Invariant(
        $"{OperationsPerSecond:N0}/s, p50 {Latencies[0]:N0} us, p99 {Latencies[1]:N0} us");
}

/// <summary>The figures of one run.</summary>
/// <param name="Nodes">The cost of all nodes and clients in the window.</param>
/// <param name="OtherCores">Cores that other programs used in the window.</param>
internal sealed record CellRun(Load Load, NodeCounters Nodes, TimeSpan Window, double OtherCores)
{
    /// <summary>The open loops after this closed one.</summary>
    public IReadOnlyList<CellRun> Open { get; init; } = [];

    /// <summary>Of an open loop: its load in percent of <see cref="Peak"/>. 0: the loop is closed.</summary>
    public int Percent { get; init; }

    /// <summary>Of an open loop: the rate of the closed one.</summary>
    public double Peak { get; init; }

    /// <summary>Of an open loop: the events of the leader and of the callers. Null: the library does not tell them.</summary>
    public Events? Events { get; init; }

    public double CpuMicrosecondsPerOperation => Nodes.Cpu.TotalMicroseconds / Math.Max(1, Load.Operations);

    public double SwitchesPerOperation => Nodes.Switches / (double)Math.Max(1, Load.Operations);

    public double GarbageBytesPerOperation => Nodes.GarbageBytes / (double)Math.Max(1, Load.Operations);

    public double MessagesPerOperation => Nodes.Messages / (double)Math.Max(1, Load.Operations);

    /// <summary>The longest share of the window that one process stood still for a collection.</summary>
    public double PausedShare => Nodes.Paused / Window;
}

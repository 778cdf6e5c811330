using CoordinationTrials.Node;

namespace CoordinationTrials.Faults;

/// <summary>A fault of one round. <see cref="Make"/> completes when its effect was seen, and it has ended then.</summary>
internal sealed record Fault(string Name, Func<FaultyCluster, Disruption, Task> Make)
{
    // A cut lasts until the nodes have decided, and at most for this time.
    private static readonly TimeSpan CutMax = TimeSpan.FromSeconds(15);

    // Shorter than a decision needs, up to a little longer.
    private static readonly (int Min, int Max) FlapMs = (1_000, 8_000);

    // Until then each node that was cut off has been seen unreachable, if it will be at all.
    private static readonly TimeSpan FlapSeenAfter = TimeSpan.FromSeconds(6);

    // The second fault comes before, while or after the nodes decide about the first one.
    private const int SecondAfterMaxMs = 8_000;

    // Until then a session has expired, also on a clock that is a little slow.
    private static readonly TimeSpan FreezeMin = NodeConfig.SessionTimeout(1) + TimeSpan.FromSeconds(1);

    private static readonly NodeFault KillNode = new("kill", (_, node) => node.Kill());

    private static readonly NodeFault FreezeNode =
        new("freeze", (_, node) => node.Freeze(), (_, node) => node.Resume(), FreezeMin);

    private static readonly NodeFault RestartNode = new("rolling", (_, node) => node.Leave());

    private static readonly NodeFault IsolateNode =
        new("isolate", (cluster, node) => cluster.Cut([.. Outgoing(cluster, node), .. Incoming(cluster, node)]), IsCut: true);

    private static readonly NodeFault SilenceNode =
        new("silence", (cluster, node) => cluster.Cut(Outgoing(cluster, node)), IsCut: true, IsCertain: false);

    private static readonly NodeFault DeafenNode =
        new("deafen", (cluster, node) => cluster.Cut(Incoming(cluster, node)), IsCut: true, IsCertain: false);

    private static readonly NodeFault[] OfNodes = [KillNode, FreezeNode, RestartNode, IsolateNode, SilenceNode, DeafenNode];

    /// <summary>Kills the holder of a resource.</summary>
    public static Fault Kill { get; } = new("kill", (cluster, disruption) => MakeEach(cluster, disruption, KillNode));

    /// <summary>Stops the holder of a resource by SIGSTOP, until others hold all that it held. Then it goes on.</summary>
    public static Fault Freeze { get; } = new("freeze", (cluster, disruption) => MakeEach(cluster, disruption, FreezeNode));

    /// <summary>Stops the holder of a resource by SIGTERM: it leaves the cluster.</summary>
    public static Fault Restart { get; } = new("rolling", (cluster, disruption) => MakeEach(cluster, disruption, RestartNode));

    /// <summary>Cuts off two nodes, one of them the holder of a resource.</summary>
    public static Fault Partition { get; } = new("partition", async (cluster, disruption) =>
    {
        var minority = Victims(cluster, 2);
        disruption.Begin([.. minority.Select(node => (node, "cut off"))]);
        cluster.Cut(Between(minority, cluster.Nodes.Except(minority)));
        await TakenOver(cluster, disruption);
        await cluster.Until(() => disruption.HasLasted(CutMax) || minority.All(node => !node.IsRunning), () => "");
        cluster.Heal();
    });

    /// <summary>Cuts one direction of a holder's connections.</summary>
    public static Fault OneWay { get; } = new(
        "one-way", (cluster, disruption) => MakeEach(cluster, disruption, cluster.Random.Next(2) == 0 ? SilenceNode : DeafenNode));

    /// <summary>Cuts two nodes from two others. The fifth one reaches all.</summary>
    public static Fault Bridge { get; } = new("bridge", async (cluster, disruption) =>
    {
        var nodes = cluster.Nodes.ToArray();
        cluster.Random.Shuffle(nodes);
        disruption.Begin([.. nodes.Select((node, place) => (node, place < 2 ? "one side" : place < 4 ? "other side" : "between"))]);
        cluster.Cut(Between(nodes[..2], nodes[2..4]));
        await Decided(cluster, disruption);
        cluster.Heal();
    });

    /// <summary>Cuts off one node or two, for a shorter time than a decision needs or a little longer.</summary>
    public static Fault Flap { get; } = new("flap", async (cluster, disruption) =>
    {
        var minority = Victims(cluster, cluster.Random.Next(1, 3));
        var length = cluster.Scale * cluster.Random.Next(FlapMs.Min, FlapMs.Max);
        disruption.Begin([.. minority.Select(node => (node, $"cut off for {length} ms"))]);
        cluster.Cut(Between(minority, cluster.Nodes.Except(minority)));
        await cluster.Delay(TimeSpan.FromMilliseconds(length));
        cluster.Heal();
        await cluster.Until(() => disruption.HasLasted(FlapSeenAfter), () => "");
    });

    /// <summary>Two of the faults of one node, the second one of them before the first one has ended.</summary>
    public static Fault Mixed { get; } = new(
        "mixed", (cluster, disruption) => MakeEach(cluster, disruption, cluster.Random.GetItems(OfNodes, 2)));

    /// <summary>Exchanges all nodes: one after the other leaves, and is restarted.</summary>
    public static Fault Rollout { get; } = new("rollout", async (cluster, disruption) =>
    {
        disruption.Begin([.. cluster.Nodes.Select(node => (node, RestartNode.Name))]);
        foreach (var node in cluster.Nodes)
        {
            node.Leave();
            await cluster.Until(() => !node.IsRunning, () => $"after SIGTERM node {node.Number} still runs");
            await cluster.Recover();
        }
    });

    /// <summary>Kills all nodes at once.</summary>
    public static Fault Cold { get; } = new("cold", (cluster, disruption) =>
    {
        disruption.Begin([.. cluster.Nodes.Select(node => (node, KillNode.Name))]);
        foreach (var node in cluster.Nodes)
        {
            node.Kill();
        }

        return Task.CompletedTask;
    });

    /// <summary>Returns all faults.</summary>
    public static Fault[] All() => [Kill, Freeze, Restart, Partition, OneWay, Bridge, Flap, Mixed];

    // Makes faults of one node each, until what these nodes held was taken over.
    private static async Task MakeEach(FaultyCluster cluster, Disruption disruption, params NodeFault[] faults)
    {
        var parts = Victims(cluster, faults.Length).Zip(faults).ToArray();
        disruption.Begin([.. parts.Select(part => (part.First, part.Second.Name))]);
        parts[0].Second.Begin(cluster, parts[0].First);
        foreach (var (node, fault) in parts[1..])
        {
            await cluster.Delay(TimeSpan.FromMilliseconds(cluster.Scale * cluster.Random.Next(SecondAfterMaxMs)));
            cluster.Note($"{fault.Name} {node.Number}");
            fault.Begin(cluster, node);
        }

        await (faults.All(fault => fault.IsCertain) ? TakenOver(cluster, disruption) : Decided(cluster, disruption));
        await cluster.Until(
            () => faults.All(fault => disruption.HasLasted(fault.Min))
                && (disruption.HasLasted(CutMax) || parts.All(part => !part.Second.IsCut || !part.First.IsRunning)),
            () => "");
        foreach (var (node, fault) in parts)
        {
            fault.End?.Invoke(cluster, node);
        }

        cluster.Heal();
        foreach (var (node, _) in parts.Where(part => part.Second == RestartNode))
        {
            await cluster.Until(() => !node.IsRunning, () => $"after SIGTERM node {node.Number} still runs");
        }
    }

    /// <summary>The holder of one of the resources, and other nodes.</summary>
    internal static FaultyNode[] Victims(FaultyCluster cluster, int count)
    {
        var holder = cluster.HolderOf(cluster.Resources[cluster.Random.Next(cluster.Resources.Count)]);
        FaultyNode[] others = [.. cluster.Nodes.Except([holder])];
        cluster.Random.Shuffle(others);
        return [holder, .. others[..(count - 1)]];
    }

    // A majority that has ended cannot take over, and the round counts it.
    private static async Task TakenOver(FaultyCluster cluster, Disruption disruption) => await cluster.Until(
        () => !disruption.NotTakenOver().Any() || cluster.Nodes.Count(node => node.IsRunning) < FaultyCluster.Majority,
        () => $"{string.Join(", ", disruption.NotTakenOver())}: not taken over from the holder");

    // Waits until the nodes have decided about a cut whose loser is not known before: one has ended, and the others go on without it.
    private static async Task Decided(FaultyCluster cluster, Disruption disruption)
    {
        await cluster.Until(
            () => cluster.Nodes.Any(node => !node.IsRunning || node.Status is { Unreachable.Count: > 0 }),
            () => "no node has seen another one unreachable: the cut did nothing");
        await cluster.Until(
            () => disruption.HasLasted(CutMax)
                || (cluster.Nodes.Any(node => !node.IsRunning)
                    && cluster.Nodes.All(node => node.Status is null or { Unreachable.Count: 0 })
                    && !disruption.Abandoned().Any()),
            () => "");
    }

    private static (int From, int To)[] Outgoing(FaultyCluster cluster, FaultyNode node) =>
        [.. cluster.Nodes.Where(other => other != node).Select(other => (node.Number, other.Number))];

    private static (int From, int To)[] Incoming(FaultyCluster cluster, FaultyNode node) =>
        [.. Outgoing(cluster, node).Select(each => (each.To, each.From))];

    private static IEnumerable<(int From, int To)> Between(IReadOnlyCollection<FaultyNode> one, IEnumerable<FaultyNode> other) =>
        one.SelectMany(a => other.SelectMany(b => new[] { (a.Number, b.Number), (b.Number, a.Number) }));

    /// <summary>A fault of one node.</summary>
    /// <param name="End">Null: it ends by itself.</param>
    /// <param name="Min">It lasts at least for this time.</param>
    /// <param name="IsCut">It is a fault of the network.</param>
    /// <param name="IsCertain">Other nodes take over all that the node held.</param>
    private sealed record NodeFault(
        string Name,
        Action<FaultyCluster, FaultyNode> Begin,
        Action<FaultyCluster, FaultyNode>? End = null,
        TimeSpan Min = default,
        bool IsCut = false,
        bool IsCertain = true);
}

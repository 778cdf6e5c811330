using System.Diagnostics;

using CoordinationTrials.Node;
using CoordinationTrials.Processes;

namespace CoordinationTrials.Trials;

/// <summary>A fault of one round. It returns when its effect was seen, and has ended then.</summary>
internal sealed record Fault(string Name, Func<Trial, Disruption, Task> Make);

/// <summary>The faults.</summary>
internal static class Faults
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
        new("freeze", (_, node) => node.Send(Signal.Stop), (_, node) => node.Send(Signal.Continue)) { Min = FreezeMin };

    private static readonly NodeFault RestartNode = new("rolling", (_, node) => node.Send(Signal.Terminate));

    private static readonly NodeFault IsolateNode =
        new("isolate", (trial, node) => trial.Cut([.. Outgoing(trial, node), .. Incoming(trial, node)])) { IsCut = true };

    private static readonly NodeFault SilenceNode = new("silence", (trial, node) => trial.Cut(Outgoing(trial, node)))
    {
        IsCut = true,
        IsCertain = false,
    };

    private static readonly NodeFault DeafenNode = new("deafen", (trial, node) => trial.Cut(Incoming(trial, node)))
    {
        IsCut = true,
        IsCertain = false,
    };

    private static readonly NodeFault[] OfNodes = [KillNode, FreezeNode, RestartNode, IsolateNode, SilenceNode, DeafenNode];

    /// <summary>Kills the holder of a resource.</summary>
    public static Fault Kill { get; } = new("kill", (trial, disruption) => Make(trial, disruption, KillNode));

    /// <summary>Stops the holder of a resource by SIGSTOP, until others hold all that it held. Then it goes on.</summary>
    public static Fault Freeze { get; } = new("freeze", (trial, disruption) => Make(trial, disruption, FreezeNode));

    /// <summary>Stops the holder of a resource by SIGTERM: it leaves the cluster.</summary>
    public static Fault Restart { get; } = new("rolling", (trial, disruption) => Make(trial, disruption, RestartNode));

    /// <summary>Cuts off two nodes, one of them the holder of a resource.</summary>
    public static Fault Partition { get; } = new("partition", async (trial, disruption) =>
    {
        var minority = Victims(trial, 2);
        disruption.Begin([.. minority.Select(node => (node, "cut off"))]);
        trial.Cut(Between(minority, trial.Nodes.All.Except(minority)));
        await TakenOver(trial, disruption);
        await Poll.Until(() => disruption.HasLasted(CutMax) || minority.All(node => !node.IsRunning), () => "");
        trial.Heal();
    });

    /// <summary>Cuts one direction of a holder's connections.</summary>
    public static Fault OneWay { get; } = new(
        "one-way", (trial, disruption) => Make(trial, disruption, trial.Random.Next(2) == 0 ? SilenceNode : DeafenNode));

    /// <summary>Cuts two nodes from two others. The fifth one reaches all.</summary>
    public static Fault Bridge { get; } = new("bridge", async (trial, disruption) =>
    {
        var nodes = trial.Nodes.All.ToArray();
        trial.Random.Shuffle(nodes);
        disruption.Begin([.. nodes.Select((node, place) => (node, place < 2 ? "one side" : place < 4 ? "other side" : "between"))]);
        trial.Cut(Between(nodes[..2], nodes[2..4]));
        await Decided(trial, disruption);
        trial.Heal();
    });

    /// <summary>Cuts off one node or two, for a shorter time than a decision needs or a little longer.</summary>
    public static Fault Flap { get; } = new("flap", async (trial, disruption) =>
    {
        var minority = Victims(trial, trial.Random.Next(1, 3));
        var length = trial.Scale * trial.Random.Next(FlapMs.Min, FlapMs.Max);
        disruption.Begin([.. minority.Select(node => (node, $"cut off for {length} ms"))]);
        trial.Cut(Between(minority, trial.Nodes.All.Except(minority)));
        await Task.Delay(length);
        trial.Heal();
        await Poll.Until(() => disruption.HasLasted(FlapSeenAfter), () => "");
    });

    /// <summary>Two of the faults of one node, the second one of them before the first one has ended.</summary>
    public static Fault Mixed { get; } = new(
        "mixed", (trial, disruption) => Make(trial, disruption, trial.Random.GetItems(OfNodes, 2)));

    /// <summary>Returns all faults.</summary>
    public static Fault[] All() => [Kill, Freeze, Restart, Partition, OneWay, Bridge, Flap, Mixed];

    // Makes faults of one node each, until what these nodes held was taken over.
    private static async Task Make(Trial trial, Disruption disruption, params NodeFault[] faults)
    {
        var parts = Victims(trial, faults.Length).Zip(faults).ToArray();
        disruption.Begin([.. parts.Select(part => (part.First, part.Second.Name))]);
        parts[0].Second.Begin(trial, parts[0].First);
        foreach (var (node, fault) in parts[1..])
        {
            await Task.Delay(trial.Scale * trial.Random.Next(SecondAfterMaxMs));
            trial.Note($"{fault.Name} {node.Number}");
            fault.Begin(trial, node);
        }

        await (faults.All(fault => fault.IsCertain) ? TakenOver(trial, disruption) : Decided(trial, disruption));
        await Poll.Until(
            () => faults.All(fault => disruption.HasLasted(fault.Min))
                && (disruption.HasLasted(CutMax) || parts.All(part => !part.Second.IsCut || !part.First.IsRunning)),
            () => "");
        foreach (var (node, fault) in parts)
        {
            fault.End?.Invoke(trial, node);
        }

        trial.Heal();
        foreach (var (node, _) in parts.Where(part => part.Second == RestartNode))
        {
            await Poll.Until(() => !node.IsRunning, () => $"after SIGTERM node {node.Number} still runs");
        }
    }

    // The holder of one of the resources, and other nodes.
    private static NodeProcess[] Victims(Trial trial, int count)
    {
        var holder = trial.Nodes.HolderOf(trial.Nodes.Resources[trial.Random.Next(trial.Nodes.Resources.Count)]);
        NodeProcess[] others = [.. trial.Nodes.All.Except([holder])];
        trial.Random.Shuffle(others);
        return [holder, .. others[..(count - 1)]];
    }

    // A majority that has ended cannot take over, and the round counts it.
    private static async Task TakenOver(Trial trial, Disruption disruption) => await Poll.Until(
        () => !disruption.NotTakenOver().Any() || trial.Nodes.All.Count(node => node.IsRunning) < Nodes.Majority,
        () => $"{string.Join(", ", disruption.NotTakenOver())}: not taken over from the holder");

    // Waits until the nodes have decided about a cut whose loser is not known before: one has ended, and the others go on without it.
    private static async Task Decided(Trial trial, Disruption disruption)
    {
        await Poll.Until(
            () => trial.Nodes.All.Any(node => !node.IsRunning || node.Status is { Unreachable.Count: > 0 }),
            () => "no node has seen another one unreachable: the cut did nothing");
        await Poll.Until(
            () => disruption.HasLasted(CutMax)
                || (trial.Nodes.All.Any(node => !node.IsRunning)
                    && trial.Nodes.All.All(node => node.Status is null or { Unreachable.Count: 0 })
                    && !disruption.Abandoned().Any()),
            () => "");
    }

    private static (int From, int To)[] Outgoing(Trial trial, NodeProcess node) =>
        [.. trial.Nodes.All.Where(other => other != node).Select(other => (node.Number, other.Number))];

    private static (int From, int To)[] Incoming(Trial trial, NodeProcess node) =>
        [.. Outgoing(trial, node).Select(each => (each.To, each.From))];

    private static IEnumerable<(int From, int To)> Between(IReadOnlyCollection<NodeProcess> one, IEnumerable<NodeProcess> other) =>
        one.SelectMany(a => other.SelectMany(b => new[] { (a.Number, b.Number), (b.Number, a.Number) }));

    /// <summary>A fault of one node.</summary>
    /// <param name="End">Null: it ends by itself.</param>
    private sealed record NodeFault(string Name, Action<Trial, NodeProcess> Begin, Action<Trial, NodeProcess>? End = null)
    {
        /// <summary>It lasts at least for this time.</summary>
        public TimeSpan Min { get; init; }

        /// <summary>It is a fault of the network.</summary>
        public bool IsCut { get; init; }

        /// <summary>Other nodes take over all that the node held.</summary>
        public bool IsCertain { get; init; } = true;
    }
}

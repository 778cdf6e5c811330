using System.Diagnostics;

using CoordinationTrials.Node;
using CoordinationTrials.Processes;

namespace CoordinationTrials.Trials;

/// <summary>A fault of one round. It returns when its effect was seen, and has ended then.</summary>
/// <param name="Make">Makes it, and adds the takeovers that it caused.</param>
internal sealed record Fault(string Name, Func<Trial, FaultRecord, Task> Make);

/// <summary>The faults.</summary>
internal static class Faults
{
    // Longer than a node needs to see the fault, and to decide about it.
    private static readonly TimeSpan CutLength = TimeSpan.FromSeconds(12);

    // Until then a session has expired, also on a clock that is a little slow.
    private static readonly TimeSpan FreezeMin = NodeConfig.SessionTimeout + TimeSpan.FromSeconds(1);

    /// <summary>Kills the holder of a resource.</summary>
    public static Fault Kill { get; } = new("kill", async (trial, record) =>
    {
        var (victim, held) = Holder(trial);
        var at = Stopwatch.GetTimestamp();
        victim.Kill();
        await TakenOver(trial, held, at, record);
    });

    /// <summary>Stops the holder of a resource by SIGSTOP, until others hold all that it held. Then it goes on.</summary>
    public static Fault Freeze { get; } = new("freeze", async (trial, record) =>
    {
        var (victim, held) = Holder(trial);
        var at = Stopwatch.GetTimestamp();
        victim.Send(Signal.Stop);
        await TakenOver(trial, held, at, record);
        if (FreezeMin - Stopwatch.GetElapsedTime(at) is { Ticks: > 0 } left)
        {
            await Task.Delay(left);
        }

        victim.Send(Signal.Continue);
    });

    /// <summary>Stops the holder of a resource by SIGTERM: it leaves the cluster.</summary>
    public static Fault Restart { get; } = new("rolling", async (trial, record) =>
    {
        var (victim, held) = Holder(trial);
        var at = Stopwatch.GetTimestamp();
        victim.Send(Signal.Terminate);
        await TakenOver(trial, held, at, record);
        await Poll.Until(() => !victim.IsRunning, () => $"after SIGTERM node {victim.Number} still runs");
    });

    /// <summary>Cuts off two nodes, one of them the holder of a resource.</summary>
    public static Fault Partition { get; } = new("partition", async (trial, record) =>
    {
        var victim = Holder(trial).Node;
        var other = trial.Random.GetItems([.. trial.Nodes.All.Where(node => node != victim)], 1)[0];
        int[] minority = [victim.Number, other.Number];
        var held = trial.Nodes.Resources.Where(each => minority.Contains(trial.Nodes.HolderOf(each).Number))
            .Select(each => (each, trial.Nodes.HolderOf(each))).ToList();
        var at = await Cut(trial, Rules.Split(minority, [.. Numbers(trial).Except(minority)]));
        await TakenOver(trial, held, at, record);
        await Heal(trial, at);
    });

    /// <summary>Cuts one direction of a holder's connections.</summary>
    public static Fault OneWay { get; } = new("one-way", async (trial, record) =>
    {
        var (victim, held) = Holder(trial);
        var others = Numbers(trial).Where(number => number != victim.Number);
        var isOutgoing = trial.Random.Next(2) == 0;
        var at = await Cut(trial, new Rules([.. others.Select(each => isOutgoing ? (victim.Number, each) : (each, victim.Number))]));
        await Heal(trial, at);
        record.AddTakeovers(trial, held, at);
    });

    /// <summary>Cuts two nodes from two others. The fifth one reaches all.</summary>
    public static Fault Bridge { get; } = new("bridge", async (trial, record) =>
    {
        var numbers = Numbers(trial).ToArray();
        trial.Random.Shuffle(numbers);
        var held = trial.Nodes.Resources.Select(each => (each, trial.Nodes.HolderOf(each))).ToList();
        var at = await Cut(trial, Rules.Split(numbers[..2], numbers[2..4]));
        await Heal(trial, at);
        record.AddTakeovers(trial, held, at);
    });

    public static Fault[] All { get; } = [Kill, Freeze, Restart, Partition, OneWay, Bridge];

    private static IEnumerable<int> Numbers(Trial trial) => trial.Nodes.All.Select(node => node.Number);

    // The holder of one of the resources, and all that it holds.
    private static (NodeProcess Node, IReadOnlyList<(string Resource, NodeProcess Holder)> Held) Holder(Trial trial)
    {
        var victim = trial.Nodes.HolderOf(trial.Nodes.Resources[trial.Random.Next(trial.Nodes.Resources.Count)]);
        return (victim, [.. trial.Nodes.Resources.Where(each => trial.Nodes.HolderOf(each) == victim).Select(each => (each, victim))]);
    }

    private static async Task TakenOver(
        Trial trial, IReadOnlyList<(string Resource, NodeProcess Holder)> held, long since, FaultRecord record)
    {
        await Poll.Until(
            () => held.All(each => trial.Nodes.Register.Takeover(each.Resource, each.Holder.Number, since) is not null),
            () => $"{string.Join(", ", held.Select(each => each.Resource))}: not all were taken over from the holder");
        record.AddTakeovers(trial, held, since);
    }

    // Makes a cut, and waits until a node sees it.
    private static async Task<long> Cut(Trial trial, Rules rules)
    {
        var at = Stopwatch.GetTimestamp();
        trial.Network.Rule(rules);
        await Poll.Until(
            () => trial.Nodes.All.Any(node => node.Status is { Unreachable.Count: > 0 }),
            () => "no node has seen another one unreachable: the cut did nothing");
        return at;
    }

    private static async Task Heal(Trial trial, long cutAt)
    {
        if (CutLength - Stopwatch.GetElapsedTime(cutAt) is { Ticks: > 0 } left)
        {
            await Task.Delay(left);
        }

        trial.Network.Rule(new());
    }
}

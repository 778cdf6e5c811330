using CoordinationTrials.Check;
using CoordinationTrials.Processes;

namespace CoordinationTrials.Simulated;

/// <summary>The fault of one round, chosen at random: those of <see cref="Trials.Faults"/>, slow and full disks, in virtual time.</summary>
/// <param name="holders">The node that holds each resource when the fault begins.</param>
internal sealed class SimulatedFault(ClusterRun run, IReadOnlyDictionary<string, ClusterNode> holders)
{
    private static readonly TimeSpan CutMax = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan FreezeMin = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan FlapSeenAfter = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan SlowFor = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan FullFor = TimeSpan.FromSeconds(10);
    private static readonly string[] Names =
    [
        "kill", "freeze", "rolling", "partition", "one-way", "bridge", "flap", "slow-disk", "full-disk", "mixed",
    ];

    private static readonly string[] OfNodes = ["kill", "freeze", "rolling", "isolate", "silence", "deafen"];

    // Room for a part of a write, for a snapshot, or for a few segments of the log.
    private const int FreeMax = 48 * 1024;

    private readonly TimeSpan _at = run.Now;
    private readonly List<(ClusterNode Node, string What)> _victims = [];

    public string Name { get; } = Names[run.Random.Next(Names.Length)];

    public string Detail => string.Join(", ", _victims.Select(each => $"{each.What} {each.Node.Number}"));

    /// <returns>Why the fault failed; null: it did what it does.</returns>
    public string? Make()
    {
        var nodes = run.Nodes.ToArray();
        switch (Name)
        {
            case "partition":
                Hit(Victims(2), "cut off");
                return OfCut(isCertain: true);
            case "bridge":
                run.Random.Shuffle(nodes);
                _victims.AddRange(nodes[..2].Select(each => (each, "one side")));
                _victims.AddRange(nodes[2..4].Select(each => (each, "other side")));
                run.Note($"fault: bridge {Detail}");
                Cut(nodes[..2], nodes[2..4]);
                return OfCut(isCertain: false);
            case "flap":
                var length = TimeSpan.FromMilliseconds(run.Random.Next(1_000, 8_000));
                Hit(Victims(run.Random.Next(1, 3)), FormattableString.Invariant($"cut off for {length.TotalSeconds:0.0} s"));
                run.Until(() => Lasted >= length, CutMax);
                run.Network.MendAll();
                run.Until(() => Lasted >= FlapSeenAfter, CutMax);
                return null;
            case "slow-disk":
                foreach (var node in Victims(run.Random.Next(1, nodes.Length + 1)))
                {
                    _victims.Add((node, "slow disk of"));
                    node.HasSlowDisk = true;
                }

                run.Note($"fault: {Detail}");
                run.Until(() => Lasted >= SlowFor, Patience);
                return null;
            case "full-disk":
                // Of a minority, since a group whose voters cannot write loses all sessions.
                foreach (var node in Victims(run.Random.Next(1, Nodes.Majority)))
                {
                    _victims.Add((node, "full disk of"));
                    node.SetFree(run.Random.Next(FreeMax));
                }

                run.Note($"fault: {Detail}");
                run.Until(() => Lasted >= FullFor, Patience);
                return null;
            case "mixed":
                return OfEach(run.Random.GetItems(OfNodes, 2));
            case "one-way":
                return OfEach([run.Random.Next(2) == 0 ? "silence" : "deafen"]);
            default:
                return OfEach([Name]);
        }
    }

    /// <summary>How long the resources had no writer, of those that a victim held and another node has taken over.</summary>
    public IEnumerable<Takeover> Takeovers() =>
        from resource in holders.Keys
        where IsVictim(holders[resource].Number)
        let found = run.Register.Takeover(resource, Name == "bridge" ? holders[resource].Number.Equals : IsVictim, _at.Ticks)
        where found is not null
        select Takeover.Of(resource, TimeSpan.FromTicks(found.Value.First.At - found.Value.Last.At));

    private TimeSpan Lasted => run.Now - _at;

    private bool IsVictim(int number) => _victims.Exists(each => each.Node.Number == number);

    // Faults of one node each, the second one before the first one has ended.
    private string? OfEach(string[] faults)
    {
        var nodes = Victims(faults.Length);
        for (var place = 0; place < faults.Length; place++)
        {
            if (place > 0)
            {
                var wait = Lasted + TimeSpan.FromMilliseconds(run.Random.Next(8_000));
                run.Until(() => Lasted >= wait, CutMax);
            }

            Begin(nodes[place], faults[place]);
        }

        var isCertain = !faults.Intersect(["silence", "deafen"]).Any();
        var hasCut = faults.Intersect(["silence", "deafen", "isolate"]).Any();
        var failure = hasCut ? OfCut(isCertain) : Demand(() => !NotTakenOver().Any(), Patience);
        if (faults.Contains("freeze"))
        {
            run.Until(() => Lasted >= FreezeMin, CutMax);
        }

        foreach (var (node, what) in _victims.Where(each => each.What == "freeze"))
        {
            run.Note($"{node.Name} goes on");
            node.Resume();
        }

        foreach (var (node, _) in _victims.Where(each => each.What == "rolling"))
        {
            failure ??= run.Until(() => !node.IsRunning, Patience) ? null : $"{node.Name} has left and still runs";
        }

        return failure;
    }

    private void Begin(ClusterNode node, string what)
    {
        if (what == "isolate")
        {
            Hit([node], what);
            return;
        }

        _victims.Add((node, what));
        run.Note($"fault: {what} {node.Name}");
        switch (what)
        {
            case "kill":
                node.Kill();
                break;
            case "freeze":
                node.Pause();
                break;
            case "rolling":
                node.Leave();
                break;
            case "silence":
                Cut(run.Nodes.Except([node]), node, isOutgoing: true);
                break;
            case "deafen":
                Cut(run.Nodes.Except([node]), node, isOutgoing: false);
                break;
        }
    }

    // A cut ends when the nodes have decided, or after a while.
    private string? OfCut(bool isCertain)
    {
        var failure = isCertain ? Demand(() => !NotTakenOver().Any(), Patience) : null;
        run.Until(
            () => Lasted >= CutMax || (!isCertain && run.Nodes.Any(each => !each.IsRunning)
                && run.Nodes.All(each => each.Cluster is not { } cluster || cluster.State.Unreachable.IsEmpty))
                || (isCertain && _victims.TrueForAll(each => !each.Node.IsRunning)),
            CutMax);
        run.Note("the cut ends");
        run.Network.MendAll();
        return failure;
    }

    private string? Demand(Func<bool> holds, TimeSpan limit) =>
        run.Until(() => holds() || run.Nodes.Count(each => each.IsRunning) < Nodes.Majority, limit)
            ? null
            : $"not taken over: {string.Join(", ", NotTakenOver())}";

    private IEnumerable<string> NotTakenOver() => holders.Keys.Where(
        each => IsVictim(holders[each].Number) && run.Register.Takeover(each, IsVictim, _at.Ticks) is null);

    private void Hit(ClusterNode[] nodes, string what)
    {
        _victims.AddRange(nodes.Select(each => (each, what)));
        run.Note($"fault: {what} {string.Join(" ", nodes.Select(each => each.Name))}");
        Cut(nodes, run.Nodes.Except(nodes));
    }

    private void Cut(IEnumerable<ClusterNode> one, IEnumerable<ClusterNode> other)
    {
        foreach (var node in one)
        {
            Cut(other, node, isOutgoing: true);
            Cut(other, node, isOutgoing: false);
        }
    }

    private void Cut(IEnumerable<ClusterNode> others, ClusterNode node, bool isOutgoing)
    {
        foreach (var other in others)
        {
            run.Network.Cut(isOutgoing ? node.Name : other.Name, isOutgoing ? other.Name : node.Name);
        }
    }

    // The holder of one of the resources, and other nodes.
    private ClusterNode[] Victims(int count)
    {
        var holder = holders.Values.ElementAt(run.Random.Next(holders.Count));
        ClusterNode[] others = [.. run.Nodes.Except([holder])];
        run.Random.Shuffle(others);
        return [holder, .. others[..(count - 1)]];
    }
}

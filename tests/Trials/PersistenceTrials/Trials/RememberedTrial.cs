using PersistenceTrials.Nodes;

namespace PersistenceTrials.Trials;

/// <summary>Three nodes whose sharding remembers many entities are killed at once, and start again.</summary>
internal static class RememberedTrial
{
    private const int Nodes = 3;

    public static async Task<string> Run(Trial trial)
    {
        var entities = trial.Entities;
        var ports = FreePorts.Take(Nodes);
        var living = new int[Nodes];
        var nodes = ports.Select((_, place) => trial.Own(new NodeProcess($"node {place + 1}"))).ToList();
        var first = Stopwatch.GetTimestamp();
        Start();
        nodes.Index().ToList().ForEach(each =>
            each.Item.Process.Tell($"{entities * each.Index / Nodes} {entities * (each.Index + 1) / Nodes}"));
        await AllLive();
        var founded = Stopwatch.GetElapsedTime(first);

        nodes.ForEach(node => node.Process.Kill());
        await Task.WhenAll(nodes.Select(node => node.Process.Ended(Guards.Wait)));
        Array.Clear(living);
        var again = Stopwatch.GetTimestamp();
        Start();
        await AllLive();
        return $"{entities} entities were started and stored in {founded.TotalSeconds:F1} s, with the start of the nodes; "
            + $"{Stopwatch.GetElapsedTime(again).TotalSeconds:F1} s after a start of all killed nodes they lived again";

        void Start() => nodes.Index().ToList().ForEach(each => each.Item.Start(
            RememberedNode.Verb,
            new RememberedNode(ports[each.Index], ports, Path.Combine(trial.Work, $"disk{each.Index}")),
            line => Hear(each.Item, each.Index, line.Text)));

        void Hear(NodeProcess node, int place, string line)
        {
            if (line.Split(' ') is [RememberedNode.Living, var count])
            {
                Volatile.Write(ref living[place], int.Parse(count, CultureInfo.InvariantCulture));
            }
            else
            {
                node.Tail.Add(line);
            }
        }

        Task AllLive() => Poll.Until(
            () => living.Sum() == entities, () => $"{string.Join(" and ", living)} entities live, and not {entities}");
    }
}

using System.Diagnostics;

using KeyValueTrials.Nodes;

namespace KeyValueTrials.Trials;

/// <summary>Nodes in network namespaces that cannot reach each other. Clients reach all of them.</summary>
internal static class PartitionTrials
{
    private const int Count = 3;

    /// <summary>Longer than an election takes.</summary>
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(8);

    /// <summary>Cuts off, in turn: the leader; the leader's messages; the messages to the leader; another node.</summary>
    public static async Task<string> Split(Trial trial)
    {
        var (cluster, network) = await trial.NodesOnNetwork(Count);
        await cluster.StartAll();
        Downtimes ofLeader = new(), ofOneWay = new(), ofOther = new();
        for (var round = 0; round < trial.Rounds(24); round++)
        {
            var leader = (await cluster.Leader()).Number;
            int[] others = [.. Enumerable.Range(1, Count).Where(number => number != leader)];
            var (rules, downtimes) = (round % 4) switch
            {
                0 => (Rules.Split([leader], others), ofLeader),
                1 => (new Rules([.. others.Select(other => (leader, other))]), ofOneWay),
                2 => (new Rules([.. others.Select(other => (other, leader))]), ofOneWay),
                _ => (Rules.Split([others[0]], [leader, others[1]]), ofOther),
            };
            var cut = Stopwatch.GetTimestamp();
            network.Rule(rules);
            await Task.Delay(Length);
            network.Rule(new());
            foreach (var node in cluster.Nodes)
            {
                await KillTrials.Recovered(cluster, node);
            }

            downtimes.Add(cluster, cut);
        }

        return $"leader cut off: {ofLeader}; one direction: {ofOneWay}; another node: {ofOther}; {await cluster.Check(cluster.Nodes)}";
    }
}

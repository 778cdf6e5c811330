using System.Diagnostics;

using KeyValueTrials.Nodes;

namespace KeyValueTrials.Trials;

/// <summary>A thousand groups on three nodes, nearly all of them idle.</summary>
internal static class GroupsTrials
{
    private const int Groups = 1000;

    /// <summary>Of one core, for each node: ten times what was measured.</summary>
    private const double IdlePercentMax = 20;

    // Groups are quiescent 5 s after their last work. Until then leaders move to the nodes that should lead.
    private static readonly TimeSpan ToRest = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Measured = TimeSpan.FromSeconds(20);

    /// <summary>
    /// Measures the cost of idle groups. Then clients call six of them, and the node that leads the most groups is killed: all groups get
    /// new leaders.
    /// </summary>
    public static async Task<string> Idle(TrialScope trial)
    {
        var cluster = Cluster.On(trial, 3, groups: Groups);
        var began = Stopwatch.GetTimestamp();
        await cluster.StartNodes();
        await AllLed(cluster, cluster.Nodes[0], none: null);
        var founded = Stopwatch.GetElapsedTime(began);
        var idle = await CostOfRest(cluster);
        await cluster.StartClients();

        List<TimeSpan> elections = [];
        var found = await FaultTrials.Rounds(cluster, trial.Rounds(5), async (_, _, leader) =>
        {
            var witness = cluster.Nodes.First(other => other != leader);
            var killed = Stopwatch.GetTimestamp();
            leader.Process.Kill();
            await AllLed(cluster, witness, none: leader);
            elections.Add(Stopwatch.GetElapsedTime(killed));
            await cluster.Served(killed);
            cluster.Start(leader);
            return "leader killed";
        });
        return $"{Groups} groups were led after {founded.TotalSeconds:0} s; idle: {idle}; after a kill all were led again in "
            + $"{Gaps.Summary(elections)}; {found}";
    }

    // The dead node leads until a group has another leader.
    private static Task AllLed(Cluster cluster, KeyValueNode witness, KeyValueNode? none) => cluster.Until(
        witness,
        "/status",
        page => GroupStatus.Parse(page) is { Count: Groups } groups
            && groups.All(group => group.Leader is { } leader && leader.Split('@')[^1] != none?.Address),
        "does not know leaders of all groups");

    private static async Task<string> CostOfRest(Cluster cluster)
    {
        await Task.Delay(ToRest);
        var before = cluster.Nodes.Select(node => node.Process.Cost.Time).ToList();
        var sentBefore = await cluster.BytesSent(cluster.Nodes[0]);
        var began = Stopwatch.GetTimestamp();
        await Task.Delay(Measured);
        var time = Stopwatch.GetElapsedTime(began);
        var percent = cluster.Nodes.Zip(before, (node, start) => (node.Process.Cost.Time - start) / time * 100).Max();
        var rate = (await cluster.BytesSent(cluster.Nodes[0]) - sentBefore) / time.TotalSeconds;
        var memory = cluster.Nodes.Max(node => node.Process.Cost.Megabytes);
        return percent <= IdlePercentMax
            ? $"{percent:0.0} % of a core and {memory} MiB for a node at most, {rate:0} bytes a second to the others"
            : throw new TrialFailure(
                $"a node with {Groups} idle groups takes {percent:0.0} % of a core; the limit is {IdlePercentMax} %");
    }
}

using System.Diagnostics;

using KeyValueTrials.Nodes;

namespace KeyValueTrials.Trials;

/// <summary>Processes of nodes that are killed, frozen or restarted.</summary>
internal static class KillTrials
{
    /// <summary>Longer than an election takes.</summary>
    private static readonly TimeSpan Frozen = TimeSpan.FromSeconds(5);

    /// <summary>Kills the node that leads the most groups, and restarts it when all keys are written again.</summary>
    public static async Task<string> Leader(Trial trial)
    {
        var cluster = trial.Nodes(3);
        await cluster.StartAll();
        var downtimes = new Downtimes();
        for (var round = 1; round <= trial.Rounds(30); round++)
        {
            var node = await cluster.Leader();
            var killed = Stopwatch.GetTimestamp();
            node.Process.Kill();
            await cluster.Served(killed);
            cluster.Start(node);
            await Recovered(cluster, node);
            downtimes.Add(cluster, killed);
        }

        return $"{downtimes}; {await cluster.Check(cluster.Nodes)}";
    }

    /// <summary>Kills all nodes at once, and restarts them.</summary>
    public static async Task<string> All(Trial trial)
    {
        var cluster = trial.Nodes(3);
        await cluster.StartAll();
        var downtimes = new Downtimes();
        for (var round = 1; round <= trial.Rounds(15); round++)
        {
            var killed = Stopwatch.GetTimestamp();
            foreach (var node in cluster.Nodes)
            {
                node.Process.Kill();
            }

            foreach (var node in cluster.Nodes)
            {
                cluster.Start(node);
            }

            await Task.WhenAll(cluster.Nodes.Select(node => Recovered(cluster, node)));
            downtimes.Add(cluster, killed);
        }

        return $"{downtimes}; {await cluster.Check(cluster.Nodes)}";
    }

    /// <summary>Stops the node that leads the most groups with SIGSTOP. It goes on when others lead.</summary>
    public static async Task<string> Freeze(Trial trial)
    {
        var cluster = trial.Nodes(3);
        await cluster.StartAll();
        var downtimes = new Downtimes();
        for (var round = 1; round <= trial.Rounds(20); round++)
        {
            var node = await cluster.Leader();
            var frozen = Stopwatch.GetTimestamp();
            node.Process.Send(Signal.Stop);
            await Task.Delay(Frozen);
            node.Process.Send(Signal.Continue);
            await Recovered(cluster, node);
            downtimes.Add(cluster, frozen);
        }

        return $"{downtimes}; {await cluster.Check(cluster.Nodes)}";
    }

    /// <summary>Restarts one node after the other with SIGTERM, as an upgrade does.</summary>
    public static async Task<string> Rolling(Trial trial)
    {
        var cluster = trial.Nodes(3);
        await cluster.StartAll();
        var downtimes = new Downtimes();
        List<TimeSpan> stops = [];
        for (var round = 1; round <= trial.Rounds(10); round++)
        {
            foreach (var node in cluster.Nodes)
            {
                var stopped = Stopwatch.GetTimestamp();
                stops.Add(await node.Stop());
                cluster.Start(node);
                await Recovered(cluster, node);
                downtimes.Add(cluster, stopped);
            }
        }

        return $"{downtimes}; a stop took {stops.Max().TotalMilliseconds:0} ms at most; {await cluster.Check(cluster.Nodes)}";
    }

    /// <summary>Waits until the node is ready and all keys are written again.</summary>
    internal static async Task Recovered(Cluster cluster, KeyValueNode node)
    {
        await cluster.Ready(node);
        await cluster.Served(Stopwatch.GetTimestamp());
    }
}

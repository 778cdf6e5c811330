using System.Diagnostics;

using KeyValueTrials.Nodes;

namespace KeyValueTrials.Trials;

/// <summary>A disk that is full for a while.</summary>
internal static class DiskTrials
{
    private const int Megabytes = 64;

    /// <summary>Long enough for the log to need a new segment.</summary>
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(25);

    /// <summary>Fills the disk of the leader to the last byte, then that of another node, and so on. Then it frees the space.</summary>
    public static async Task<string> Fill(Trial trial)
    {
        var cluster = trial.Nodes(3, hocon: "store { segment-size = 1MiB, free-space-floor = 8MiB }");
        var disks = cluster.Nodes.ToDictionary(node => node, node => trial.SmallDisk(node, Megabytes));
        await cluster.StartAll();
        Downtimes ofLeader = new(), ofOther = new();
        var restarts = 0;
        for (var round = 0; round < trial.Rounds(8); round++)
        {
            var leader = await cluster.Leader();
            var node = round % 2 == 0 ? leader : cluster.Nodes.First(other => other != leader);
            var filler = Path.Combine(disks[node], "filler");
            var filled = Stopwatch.GetTimestamp();
            Machine.FillDisk(filler);
            await Task.Delay(Length);
            await cluster.Served(filled);
            File.Delete(filler);
            if (!await cluster.IsLive(node))
            {
                // A log that could not be written is closed until its node restarts.
                restarts++;
                await node.Stop();
                cluster.Start(node);
            }

            await KillTrials.Recovered(cluster, node);
            (node == leader ? ofLeader : ofOther).Add(cluster, filled);
        }

        return $"disk of the leader: {ofLeader}; of another node: {ofOther}; {restarts} nodes needed a restart; "
            + await cluster.Check(cluster.Nodes);
    }
}

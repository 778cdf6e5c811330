using CoordinationTrials.Faults;

namespace CoordinationTrials.Simulated;

/// <summary>The faults of disks, which only simulated nodes have.</summary>
internal static class SimulatedFaults
{
    // Room for a part of a write, for a snapshot, or for a few segments of the log.
    private const int FreeMax = 48 * 1024;

    private static readonly TimeSpan Length = TimeSpan.FromSeconds(10);

    /// <summary>Each write of one to five nodes takes up to 300 ms.</summary>
    public static Fault SlowDisk { get; } = new("slow-disk", (cluster, disruption) => Make(
        cluster, disruption, "slow disk of", FaultyCluster.Count, node => node.HasSlowDisk = true, node => node.HasSlowDisk = false));

    /// <summary>The disks of a minority have little room, since a group whose voters cannot write loses all sessions.</summary>
    public static Fault FullDisk { get; } = new("full-disk", (cluster, disruption) => Make(
        cluster,
        disruption,
        "full disk of",
        FaultyCluster.Count - FaultyCluster.Majority,
        node => node.SetFree(cluster.Random.Next(FreeMax)),
        node => node.SetFree(null)));

    private static async Task Make(
        FaultyCluster cluster, Disruption disruption, string what, int max, Action<ClusterNode> begin, Action<ClusterNode> end)
    {
        var victims = Fault.Victims(cluster, cluster.Random.Next(1, max + 1));
        disruption.Begin([.. victims.Select(node => (node, what))]);
        foreach (var node in victims.Cast<ClusterNode>())
        {
            begin(node);
        }

        await cluster.Delay(Length);
        foreach (var node in victims.Cast<ClusterNode>())
        {
            end(node);
        }
    }
}

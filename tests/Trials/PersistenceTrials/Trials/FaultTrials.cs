using PersistenceTrials.Nodes;

namespace PersistenceTrials.Trials;

/// <summary>Rounds of one fault each, between which events are written.</summary>
internal static class FaultTrials
{
    // With 200 rounds and 20 more, these are more than a million events.
    private const int EventsOfARound = 4_600;

    /// <summary>Kills the node that leads, and starts it again.</summary>
    public static Task<string> KillLeader(TrialScope trial) => Rounds(trial, 200, async cluster =>
    {
        var leader = await cluster.Leader();
        leader.Process.Kill();
        await cluster.Start(leader);
    });

    /// <summary>Kills all nodes at once, and starts them again.</summary>
    public static Task<string> KillAll(TrialScope trial) => Rounds(trial, 20, async cluster =>
    {
        foreach (var node in cluster.Nodes)
        {
            node.Process.Kill();
        }

        await Task.WhenAll(cluster.Nodes.Select(node => cluster.Start(node)));
    });

    /// <summary>Stops each node as an upgrade does, and starts it again.</summary>
    public static Task<string> Rolling(TrialScope trial) => Rounds(trial, 10, async cluster =>
    {
        foreach (var node in cluster.Nodes)
        {
            await node.Stop();
            await cluster.Start(node);
            await cluster.Written(EventsOfARound);
        }
    });

    /// <summary>Kills the node that leads, and starts it with an empty disk.</summary>
    public static Task<string> WipedDisk(TrialScope trial) => Rounds(
        trial, 10, async cluster => await cluster.Wipe(await cluster.Leader()));

    private static async Task<string> Rounds(TrialScope trial, int usual, Func<JournalCluster, Task> fault)
    {
        var cluster = trial.Own(new JournalCluster(trial));
        await Task.WhenAll(cluster.Nodes.Select(node => cluster.Start(node)));
        var rounds = trial.Rounds(usual);
        for (var round = 0; round < rounds; round++)
        {
            await cluster.Written(EventsOfARound);
            await fault(cluster);
        }

        await cluster.Written(EventsOfARound);
        return $"{rounds} faults; {await cluster.Check()}";
    }
}

using System.Diagnostics;

using KeyValueTrials.Nodes;

namespace KeyValueTrials.Trials;

/// <summary>Nodes that join and leave under load.</summary>
internal static class RosterTrials
{
    private const int Few = 3;
    private const int Many = 7;

    /// <summary>Four empty nodes join three. Then four of the seven leave, among them all three that were there before.</summary>
    public static async Task<string> Exchange(TrialScope trial)
    {
        var cluster = Cluster.On(trial, Many, Few);
        await cluster.StartAll();
        List<TimeSpan> growing = [], shrinking = [];
        List<KeyValueNode> members = [.. cluster.Asked];
        for (var round = 1; round <= trial.Rounds(3); round++)
        {
            var began = Stopwatch.GetTimestamp();
            foreach (var node in cluster.Nodes.Except(members).ToList())
            {
                cluster.Start(node, members[0]);
                await cluster.Change(members[0], HttpMethod.Put, node);
                await cluster.Ready(node);
                members.Add(node);
                cluster.Asked = members;
            }

            await cluster.Vote(members);
            await cluster.Served(Stopwatch.GetTimestamp());
            growing.Add(cluster.Downtime(began));
            began = Stopwatch.GetTimestamp();
            foreach (var node in members.Take(Many - Few).ToList())
            {
                members.Remove(node);
                cluster.Asked = members;
                await cluster.Change(members[^1], HttpMethod.Delete, node);
                await node.Stop();
                Directory.Delete(node.Data, recursive: true);
            }

            await cluster.Vote(members);
            await cluster.Served(Stopwatch.GetTimestamp());
            shrinking.Add(cluster.Downtime(began));
        }

        return $"a key without a write, from {Few} to {Many}: {Gaps.Summary(growing)}; from {Many} to {Few}: {Gaps.Summary(shrinking)}; "
            + await cluster.Check();
    }
}

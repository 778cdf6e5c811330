using RaftTrials.Clients;

namespace RaftTrials.Trials;

/// <summary>Three nodes, and two thousand clients that come and go.</summary>
internal static class CrowdTrials
{
    private const int Nodes = 3;
    private const int Processes = 4;
    private const int ClientsOfEach = 500;
    private const int Rollouts = 3;

    // It differs by half from one collection to the next.
    private const double HeapGrowthMax = 1.25;

    private const string Hocon = "raft.snapshot.after-entries = 5000";

    /// <summary>
    /// Kills the leader again and again, and exchanges all processes of clients three times, half of them without a goodbye. No Append may
    /// end without a commit, and none be forgotten.
    /// </summary>
    public static async Task<string> RollOut(Trial trial)
    {
        var (nodes, elections) = trial.Members(Nodes);
        foreach (var node in nodes)
        {
            node.Arguments = [.. node.Arguments, "--program", UserPrograms.Latest, "--hocon", Hocon];
            node.Start();
        }

        await elections.After(0);
        var kills = 0;
        List<double> heaps = [];
        Dictionary<string, long> ends = [];
        var crowd = Start();
        for (var rollout = 0; rollout <= Rollouts; rollout++)
        {
            for (var kill = 0; kill < trial.Rounds(3); kill++, kills++)
            {
                await Task.Delay(TimeSpan.FromSeconds(5));
                var election = elections.Latest!;
                election.Server.Kill();
                await elections.After(election.Term);
                election.Server.Start();
            }

            await Task.Delay(TimeSpan.FromSeconds(5));
            var next = rollout < Rollouts ? Start() : [];
            foreach (var (place, process) in crowd.Index())
            {
                await End(process, isKilled: place % 2 == 1 && rollout < Rollouts);
            }

            crowd = next;
            heaps.Add((await Task.WhenAll(nodes.Select(Usage.Of))).Max(usage => usage["heap"]));
            Console.Out.WriteLine($"        after rollout {rollout}: heap {heaps[^1]:N0}, {TextOf(ends)}");
        }

        await Task.WhenAll(nodes.Select(node => node.Stop()));
        var failed = ends.Where(end => end.Key != "done").ToDictionary();
        TrialFailure.Unless(failed.Count == 0, $"Appends have ended without a commit: {TextOf(failed)}");
        TrialFailure.Unless(
            heaps[^1] <= heaps[..^1].Max() * HeapGrowthMax,
            $"the heap of a node grew from {heaps[..^1].Max():N0} to {heaps[^1]:N0} bytes");
        return $"{ends["done"]} committed by {Processes * ClientsOfEach} clients at a time and {Rollouts} rollouts of all, {kills} kills "
            + $"of the leader; the largest heap of a node: {string.Join(", ", heaps.Select(heap => $"{heap / 1e6:F1}"))} MB";

        List<ChildProcess> Start() =>
        [
            .. Enumerable.Range(0, Processes).Select(_ => Host.Here.Start(
                TrialProgram.Path,
                [RaftProgram.Name, "crowd", .. nodes.Select(node => node.NodeName), "--clients", $"{ClientsOfEach}"])),
        ];

        async Task End(ChildProcess process, bool isKilled)
        {
            if (isKilled)
            {
                process.Kill();
            }
            else
            {
                process.EndInput();
            }

            TrialFailure.Unless(await process.Ended(Guards.Wait) is 0 || isKilled, "a process of clients hangs or failed");
            var counts = process.Lines(line => line.Text.StartsWith(CrowdCommand.Counts, StringComparison.Ordinal)).Last();
            foreach (var each in counts.Text.Split(' ').Skip(1).Select(each => each.Split('=')))
            {
                ends[each[0]] = ends.GetValueOrDefault(each[0]) + long.Parse(each[1], CultureInfo.InvariantCulture);
            }

            process.Dispose();
        }
    }

    private static string TextOf(Dictionary<string, long> ends) => string.Join(", ", ends.Select(end => $"{end.Value} {end.Key}"));
}

using CoordinationTrials.Trials;

namespace CoordinationTrials.Simulated;

/// <summary>Starts nodes in virtual time for each seed, and counts the starts that lead to two clusters.</summary>
internal static class StartTrials
{
    private static readonly Option<bool> SeedNodes = new("--seed-nodes")
    {
        Description = "The nodes find their cluster by seed nodes, to compare with. Two clusters do not fail the run then.",
    };

    public static Command Command()
    {
        Command starts = new("starts", "Starts, exchanges and restarts five nodes under faults, in this process and in virtual time.")
        {
            SimulatedTrials.Seeds, SeedNodes, Trial.LogsOption,
        };
        starts.SetAction(parsed => Run(
            parsed.GetValue(SimulatedTrials.Seeds), parsed.GetValue(SeedNodes), parsed.GetValue(Trial.LogsOption)));
        return starts;
    }

    /// <returns>
    /// The exit code: 1 if two clusters existed at one time, or the nodes did not come into one; 2 if the pool has more than one thread.
    /// </returns>
    private static int Run((int First, int Last) seeds, bool hasSeedNodes, string? logs)
    {
        if (!OneThread.TryUse())
        {
            return 2;
        }

        List<StartResult> all = [];
        var (clock, time) = (Stopwatch.StartNew(), TimeSpan.Zero);
        for (var seed = seeds.First; seed <= seeds.Last; seed++)
        {
            using StartRun run = new(seed, hasSeedNodes);
            foreach (var result in run.Run())
            {
                all.Add(result);
                if (!result.IsOne)
                {
                    var what = result.HasTwo ? "two clusters" : "the nodes did not come into one cluster";
                    Console.WriteLine(FormattableString.Invariant(
                        $"seed {seed}, {result.Name}, at {run.Now.TotalSeconds:0.00} s: {what}. {result.Detail}"));
                }
            }

            time += run.Now;
            if (logs is not null)
            {
                Directory.CreateDirectory(logs);
                File.WriteAllLines(Path.Combine(logs, FormattableString.Invariant($"start-{seed}.log")), run.Lines);
            }
        }

        foreach (var kind in all.GroupBy(each => each.Name))
        {
            double[] times = [.. kind.Where(each => each.IsOne).Select(each => each.Time.TotalSeconds).Order()];
            var (two, none) = (kind.Count(each => each.HasTwo), kind.Count(each => !each.IsOne && !each.HasTwo));
            Console.WriteLine($"{kind.Key}: {kind.Count()}, of them with two clusters {two}, without one {none}");
            var (usual, longest) = (times.ElementAtOrDefault(times.Length / 2), times.LastOrDefault());
            Console.WriteLine(FormattableString.Invariant(
                $"  one cluster after p50 {usual:0.0} s, longest {longest:0.0} s; stranded nodes {kind.Sum(each => each.Stranded)}"));
        }

        Console.WriteLine(FormattableString.Invariant(
            $"{all.Count} starts in {time.TotalMinutes:0} minutes of virtual time, which took {clock.Elapsed.TotalSeconds:0} s"));
        return all.Exists(each => !each.IsOne) && !hasSeedNodes ? 1 : 0;
    }
}

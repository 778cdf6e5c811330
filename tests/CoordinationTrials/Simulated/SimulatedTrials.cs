using System.Diagnostics;

using CoordinationTrials.Check;

namespace CoordinationTrials.Simulated;

/// <summary>Runs a simulated cluster for each seed.</summary>
internal static class SimulatedTrials
{
    /// <param name="rounds">The number of faults of each seed.</param>
    /// <param name="results">Path of the file of results; null: there is none.</param>
    /// <param name="logs">Folder for what the nodes log; null: there is none.</param>
    /// <returns>
    /// The exit code: 1 if two holders wrote at a time, a majority was lost, a resource was not taken over, or the nodes did not recover.
    /// </returns>
    public static int Run((int First, int Last) seeds, int rounds, string? results, string? logs)
    {
        // Akka.NET leaves some work to the pool. One thread has one order, and shows when there is nothing left.
        ThreadPool.SetMinThreads(1, 1);
        ThreadPool.SetMaxThreads(1, 1);
        List<RoundResult> all = [];
        var (clock, time) = (Stopwatch.StartNew(), TimeSpan.Zero);
        for (var seed = seeds.First; seed <= seeds.Last; seed++)
        {
            using ClusterRun run = new(seed);
            foreach (var result in run.Rounds(rounds))
            {
                all.Add(result);
                if (results is not null)
                {
                    result.AppendTo(results);
                }

                if (HasFailed(result))
                {
                    Console.WriteLine($"FAILED  seed {seed}, round {result.Round}, {result.Fault} ({result.Detail}): "
                        + $"the nodes {string.Join(", ", result.Ended)} ended. {string.Join("; ", [.. result.Problems, result.Failure])}");
                }
            }

            time += run.Now;
            if (logs is not null)
            {
                Directory.CreateDirectory(logs);
                File.WriteAllLines(Path.Combine(logs, FormattableString.Invariant($"seed-{seed}.log")), run.Lines);
            }
        }

        Console.WriteLine(Totals.Of(all));
        Console.WriteLine(FormattableString.Invariant(
            $"{all.Count} faults in {time.TotalMinutes:0} minutes of virtual time, which took {clock.Elapsed.TotalSeconds:0} s"));
        return all.Any(HasFailed) ? 1 : 0;
    }

    private static bool HasFailed(RoundResult result) =>
        result.Failure is not null || result.Problems.Count > 0 || Totals.IsMajorityLost(result);
}

using System.CommandLine.Parsing;

using CoordinationTrials.Check;
using CoordinationTrials.Trials;

namespace CoordinationTrials.Simulated;

/// <summary>Runs a simulated cluster for each seed.</summary>
internal static class SimulatedTrials
{
    public static Option<(int First, int Last)> Seeds { get; } = new("--seeds")
    {
        Description = "The first and the last seed, such as 1..100. Default: 1..10.",
        HelpName = "first..last",
        CustomParser = ParseSeeds,
        DefaultValueFactory = _ => (1, 10),
    };

    private static readonly Option<int> RoundsOfSeed = new("--rounds")
    {
        Description = "The number of faults of each seed. Default: 8.",
        HelpName = "n",
        DefaultValueFactory = _ => 8,
    };

    public static Command Command()
    {
        Command simulate = new("simulate", "Runs the nodes in this process and in virtual time, one cluster for each seed.")
        {
            Seeds, RoundsOfSeed, Trial.ResultsOption, Trial.LogsOption,
        };
        simulate.SetAction(parsed => Run(
            parsed.GetValue(Seeds),
            parsed.GetValue(RoundsOfSeed),
            parsed.GetValue(Trial.ResultsOption),
            parsed.GetValue(Trial.LogsOption)));
        return simulate;
    }

    /// <returns>
    /// The exit code: 1 if two holders wrote at a time, a majority was lost, a resource was not taken over, or the nodes did not recover; 2
    /// if the pool has more than one thread.
    /// </returns>
    private static int Run((int First, int Last) seeds, int rounds, string? file, string? logs)
    {
        if (!OneThread.TryUse())
        {
            return 2;
        }

        List<RoundResult> all = [];
        var (clock, time) = (Stopwatch.StartNew(), TimeSpan.Zero);
        for (var seed = seeds.First; seed <= seeds.Last; seed++)
        {
            using ClusterRun run = new(seed);
            var results = run.Rounds(rounds, [.. Faults.Fault.All(), SimulatedFaults.SlowDisk, SimulatedFaults.FullDisk], file);
            all.AddRange(results.GetAwaiter().GetResult());
            foreach (var result in all.Where(each => each.Seed == seed && HasFailed(each)))
            {
                Console.WriteLine($"FAILED  seed {seed}, round {result.Round}, {result.Fault} ({result.Detail}): "
                    + $"the nodes {string.Join(", ", result.Ended)} ended. {string.Join("; ", [.. result.Problems, result.Failure])}");
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

    private static (int First, int Last) ParseSeeds(ArgumentResult result)
    {
        var words = result.Tokens[0].Value.Split("..");
        if (words.Length == 2 && int.TryParse(words[0], out var first) && int.TryParse(words[1], out var last) && first <= last)
        {
            return (first, last);
        }

        result.AddError($"'{result.Tokens[0].Value}' is not a range of seeds. Use a range such as 1..100.");
        return default;
    }

    private static bool HasFailed(RoundResult result) =>
        result.Failure is not null || result.Problems.Count > 0 || Totals.IsMajorityLost(result);
}

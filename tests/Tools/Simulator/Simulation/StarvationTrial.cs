using RaftActors.Core;

namespace RaftActors.Simulator;

/// <summary>
/// Kills all processes of a group at once. From then on each of their threads gets a tenth of a processor for an hour, in slices. The group
/// must soon have a leader, and must keep it. All checks of the simulation are on.
/// </summary>
internal static class StarvationTrial
{
    /// <summary>The name of the workload, of its checker and of the folder of its planted bugs.</summary>
    public const string Name = "starvation";

    /// <summary>The most terms of an hour after the one of the first leader.</summary>
    private const long TermsMax = 5;

    // A tick of 50 ms takes 1000 microseconds of the simulation.
    private const long Tick = 1000;
    private const long Second = 20 * Tick;
    private const long Begin = 30 * Second;

    // In ticks. The election timeouts are 20 to 40. A pause of 6 or more counts as one tick. With 0 no thread pauses, for comparison.
    private static readonly int[] PausesMax = [0, 3, 5, 6, 8, 12, 20, 40, 80, 160];

    /// <summary>Runs one seed, which decides the longest pause.</summary>
    /// <exception cref="Violation">A check failed.</exception>
    public static StarvationResult Run(ulong seed, TextWriter? trace = null)
    {
        Prng prng = new(seed);
        var longest = PausesMax[seed % (ulong)PausesMax.Length];
        var plan = GroupPlan.Steady(seed, prng.Any([3, 5]), maxQuorum: 5, keepsQuorum: true, Begin + (3600 * Second));
        Simulation simulation = new(plan, default, trace: trace) { SkipsTicks = true };
        simulation.Starve(Begin, longest * Tick, Second, prng);
        simulation.Run();
        StarvationResult result = new(longest, (simulation.LedAt - Begin) / Tick, simulation.TermsSinceLed);

        // A process does not count its pauses, so a short one adds to the election timeout and does not replace it.
        var ledMax = 10 * (longest + plan.Processes[0].Options.ElectionTimeoutMaxTicks);
        Violation.Unless(
            result.LedAfter <= ledMax, Name, $"a leader after {result.LedAfter} ticks, at most {ledMax}; pauses up to {longest}");
        Violation.Unless(
            result.Terms <= TermsMax, Name, $"{result.Terms} terms an hour, at most {TermsMax}; pauses of up to {longest} ticks");
        return result;
    }

    /// <summary>Runs seeds, and prints a line for each length of pauses.</summary>
    /// <returns>The exit code: 0, or 1 after a violation.</returns>
    public static int Run(ulong first, ulong last, int jobs, TextWriter output)
    {
        var results = new StarvationResult?[last - first + 1];
        Parallel.For(0, results.Length, new ParallelOptions { MaxDegreeOfParallelism = jobs }, i =>
        {
            try
            {
                results[i] = Run(first + (ulong)i);
            }
            catch (Violation violation)
            {
                lock (results)
                {
                    output.WriteLine($"seed {first + (ulong)i} FAILS: {violation.Checker}: {violation.Message}");
                }
            }
        });
        foreach (var all in results.OfType<StarvationResult>().GroupBy(each => each.PauseMax).OrderBy(each => each.Key))
        {
            var (mean, most) = (all.Average(each => each.LedAfter), all.Max(each => each.LedAfter));
            output.WriteLine(FormattableString.Invariant(
                $"pauses up to {all.Key,3} ticks: {all.Count(),3} seeds, a leader after {mean,4:F0} ticks, at most {most,4}; ")
                + $"at most {all.Max(each => each.Terms)} more terms in an hour");
        }

        var failed = results.Count(result => result is null);
        output.WriteLine(failed == 0 ? "nothing was violated" : $"{failed} seeds FAILED");
        return failed == 0 ? 0 : 1;
    }
}

/// <param name="PauseMax">The longest pause, in ticks.</param>
/// <param name="LedAfter">The ticks from the kill to the first leader, or null if there was none.</param>
/// <param name="Terms">The terms of the hour after that.</param>
internal readonly record struct StarvationResult(int PauseMax, long? LedAfter, long Terms);

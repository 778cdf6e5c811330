using System.Diagnostics;

namespace RaftActors.Simulator.Coordination;

/// <summary>Runs many seeds of the coordination, one after the other: they share the thread of the pool.</summary>
internal static class CoordinationBatch
{
    private const int FailuresMax = 20;
    private const ulong TwiceEvery = 50;

    /// <summary>Runs one seed, and writes each event if asked to.</summary>
    public static int RunOne(ulong seed, bool traces, TextWriter output)
    {
        var result = SeedRun.Of(seed, traces ? output : null);
        output.WriteLine(result.Violation is { } violation
            ? $"seed {seed} FAILS: {violation.Checker}: {violation.Message}"
            : $"seed {seed} holds: {result.Totals}");
        return result.Violation is null ? 0 : 1;
    }

    /// <param name="seconds">No seed starts after this number of seconds; null: all start.</param>
    /// <param name="isDoubled">Runs each seed twice; otherwise one in fifty.</param>
    public static int Run(ulong first, ulong last, int? seconds, bool isDoubled, TextWriter output)
    {
        var (clock, totals, failures) = (Stopwatch.StartNew(), new CoordinationTotals(), 0);
        for (var seed = first; seed <= last && failures < FailuresMax && !(clock.Elapsed.TotalSeconds > seconds); seed++)
        {
            var result = isDoubled || seed % TwiceEvery == 0 ? SeedRun.Twice(seed) : SeedRun.Of(seed);
            totals.Add(result.Totals);
            if (result.Violation is { } violation)
            {
                failures++;
                output.WriteLine($"seed {seed} FAILS: {violation.Checker}: {violation.Message}");
                output.WriteLine($"  repeat: --coordination --seed {seed} --trace");
            }
        }

        output.WriteLine($"{totals}; {clock.Elapsed.TotalSeconds:F1} s");
        output.WriteLine(failures == 0 ? "nothing was violated" : $"{failures} seeds FAILED");
        return failures == 0 ? 0 : 1;
    }
}

using System.Diagnostics;

namespace TrialKit;

/// <summary>Runs trials one after the other, and writes one line for each.</summary>
internal static class TrialRunner
{
    /// <param name="trials">Each returns its summary, or throws a <see cref="TrialFailure"/>.</param>
    /// <param name="make">Creates the resources of a trial.</param>
    /// <returns>The exit code: 0 if all held, otherwise 1.</returns>
    public static async Task<int> Run<TTrial>(IEnumerable<(string Name, Func<TTrial, Task<string>> Run)> trials, Func<string, TTrial> make)
        where TTrial : ITrial
    {
        var (held, failed) = (0, 0);
        foreach (var (name, run) in trials)
        {
            var watch = Stopwatch.StartNew();
            using var trial = make(name);
            try
            {
                var found = await run(trial);
                held++;
                Console.Out.WriteLine($"held    {name,-14} {watch.Elapsed.TotalSeconds,4:0} s  {found}");
            }
            catch (TrialFailure failure)
            {
                failed++;
                Console.Out.WriteLine($"FAILED  {name,-14} {watch.Elapsed.TotalSeconds,4:0} s  {failure.Message}");
                Console.Out.WriteLine(trial.Tails());
            }
        }

        Console.Out.WriteLine($"{held} trials held, {failed} failed");
        return failed == 0 ? 0 : 1;
    }
}

/// <summary>The resources of one trial. Dispose releases them.</summary>
internal interface ITrial : IDisposable
{
    /// <summary>The last lines of its processes.</summary>
    string Tails();
}

/// <summary>A trial failed. The message says how.</summary>
internal sealed class TrialFailure(string message) : Exception(message);

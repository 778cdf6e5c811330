using System.Diagnostics;

namespace TrialKit;

/// <summary>Runs trials one after the other, and writes a line for each.</summary>
internal static class TrialRunner
{
    /// <param name="trials">Each says what it found, or throws a <see cref="TrialFailure"/>.</param>
    /// <param name="make">What a trial of this name works with.</param>
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

/// <summary>What one trial works with; everything is taken away again at its end.</summary>
internal interface ITrial : IDisposable
{
    /// <summary>What its processes said last.</summary>
    string Tails();
}

/// <summary>What a trial found that should not be.</summary>
internal sealed class TrialFailure(string message) : Exception(message);

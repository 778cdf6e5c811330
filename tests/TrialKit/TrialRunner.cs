using System.Diagnostics;

namespace TrialKit;

/// <summary>Runs trials one after the other, and writes one line for each.</summary>
internal static class TrialRunner
{
    /// <param name="only">Only trials whose name contains this text. Null: all.</param>
    /// <param name="isDry">Runs nothing: says which of these trials cannot run here.</param>
    /// <param name="make">Creates the resources of a trial, which has this folder.</param>
    /// <returns>The exit code: 0 if all held, 1 if one failed or cannot run here.</returns>
    public static async Task<int> Run<TTrial>(
        IEnumerable<NamedTrial<TTrial>> all, string? only, bool isDry, Func<string, TTrial> make)
        where TTrial : ITrial
    {
        var (held, failed, notRun) = (0, 0, 0);
        var work = Directory.CreateTempSubdirectory("trials-").FullName;
        try
        {
            foreach (var trial in all.Where(trial => trial.Name.Contains(only ?? "", StringComparison.Ordinal)))
            {
                if (trial.Problem?.Invoke() is { } problem)
                {
                    notRun++;
                    Console.Out.WriteLine($"not run {trial.Name,-14} {problem}");
                }
                else if (!isDry)
                {
                    _ = await Holds(trial, make, Path.Combine(work, trial.Name)) ? held++ : failed++;
                }
            }
        }
        finally
        {
            Directory.Delete(work, recursive: true);
        }

        if (!isDry)
        {
            Console.Out.WriteLine($"{held} trials held, {failed} failed{(notRun > 0 ? $", {notRun} not run" : "")}");
        }

        return failed + notRun == 0 ? 0 : 1;
    }

    private static async Task<bool> Holds<TTrial>(NamedTrial<TTrial> named, Func<string, TTrial> make, string work)
        where TTrial : ITrial
    {
        var watch = Stopwatch.StartNew();
        using var trial = make(Directory.CreateDirectory(work).FullName);
        try
        {
            var found = await named.Run(trial);
            Console.Out.WriteLine($"held    {named.Name,-14} {watch.Elapsed.TotalSeconds,4:0} s  {found}");
            return true;
        }
        catch (TrialFailure failure)
        {
            Console.Out.WriteLine($"FAILED  {named.Name,-14} {watch.Elapsed.TotalSeconds,4:0} s  {failure.Message}");
            Console.Out.WriteLine(trial.Tails());
            return false;
        }
    }
}

/// <summary>A trial and its name.</summary>
/// <param name="Run">Returns a summary, or throws a <see cref="TrialFailure"/>.</param>
/// <param name="Problem">Why this machine cannot run it, with the remedy; null: it can.</param>
internal sealed record NamedTrial<TTrial>(string Name, Func<TTrial, Task<string>> Run, Func<string?>? Problem = null);

/// <summary>The resources of one trial, or some of them. Dispose releases them.</summary>
internal interface ITrial : IDisposable
{
    /// <summary>The last lines of their processes.</summary>
    string Tails();
}

/// <summary>A trial failed. The message says how.</summary>
internal sealed class TrialFailure(string message) : Exception(message);

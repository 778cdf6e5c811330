using KeyValueTrials.Trials;

namespace KeyValueTrials;

/// <summary>The trials by name.</summary>
internal static class AllTrials
{
    private static readonly (string Name, Func<Trial, Task<string>> Run)[] All =
    [
        ("kill-leader", KillTrials.Leader),
        ("kill-all", KillTrials.All),
        ("freeze", KillTrials.Freeze),
        ("rolling", KillTrials.Rolling),
    ];

    public static async Task<int> Run(string tools, string only, int? rounds)
    {
        var work = Directory.CreateTempSubdirectory("keyvaluetrials").FullName;
        try
        {
            return await TrialRunner.Run(
                All.Where(trial => trial.Name.Contains(only, StringComparison.Ordinal)),
                name => new Trial(Path.Combine(work, name), tools, rounds));
        }
        finally
        {
            Directory.Delete(work, recursive: true);
        }
    }
}

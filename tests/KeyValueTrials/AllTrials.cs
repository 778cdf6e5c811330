using KeyValueTrials.Trials;

namespace KeyValueTrials;

/// <summary>The trials by name.</summary>
internal static class AllTrials
{
    /// <summary>Each with the reason why this machine cannot run it; null: it can.</summary>
    private static readonly (string Name, Func<Trial, Task<string>> Run, Func<string, string?> Problem)[] All =
    [
        ("latency", LatencyTrials.Quiet, _ => null),
        ("kill-leader", KillTrials.Leader, _ => null),
        ("kill-all", KillTrials.All, _ => null),
        ("freeze", KillTrials.Freeze, _ => null),
        ("rolling", KillTrials.Rolling, _ => null),
        ("roster", RosterTrials.Exchange, _ => null),
        ("groups", GroupsTrials.Idle, _ => null),
        ("partition", PartitionTrials.Split, Network.Problem),
        ("clock", ClockTrials.Jump, _ => ClockTrials.Problem()),
        ("full-disk", DiskTrials.Fill, _ => DiskTrials.Problem()),
    ];

    /// <summary>Prints which of these trials cannot run here.</summary>
    /// <returns>The exit code: 0 if all can.</returns>
    public static int CanRun(string tools, string only)
    {
        var problems = Named(only).Select(trial => (trial.Name, Problem: trial.Problem(tools))).Where(trial => trial.Problem is not null)
            .ToList();
        problems.ForEach(trial => Console.Out.WriteLine($"not run: the trial {trial.Name} ({trial.Problem})"));
        return problems.Count == 0 ? 0 : 1;
    }

    public static async Task<int> Run(string tools, string only, int? rounds)
    {
        var work = Directory.CreateTempSubdirectory("keyvaluetrials").FullName;
        try
        {
            var canRun = CanRun(tools, only);
            var trials = Named(only).Where(trial => trial.Problem(tools) is null).Select(trial => (trial.Name, trial.Run));
            return Math.Max(canRun, await TrialRunner.Run(trials, name => new Trial(Path.Combine(work, name), tools, rounds)));
        }
        finally
        {
            Directory.Delete(work, recursive: true);
        }
    }

    private static IEnumerable<(string Name, Func<Trial, Task<string>> Run, Func<string, string?> Problem)> Named(string only) =>
        All.Where(trial => trial.Name.Contains(only, StringComparison.Ordinal));
}

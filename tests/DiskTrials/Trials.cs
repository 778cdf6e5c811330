namespace DiskTrials;

/// <summary>The trials by name.</summary>
internal static class Trials
{
    private static readonly (string Name, Func<Trial, Task<string>> Run)[] All =
    [
        ("power-cut", PowerTrials.AllThree),
        ("power-control", PowerTrials.Control),
        ("power-cut-one", PowerTrials.One),
        ("lying-fsync", PowerTrials.LyingSync),
        ("fsync-eio", FaultTrials.SyncFails),
        ("write-eio", FaultTrials.WriteFails),
        ("write-enospc", FaultTrials.NoRoom),
        ("short-writes", FaultTrials.ShortWrites),
        ("slow-fsync", FaultTrials.SlowSync),
        ("exit-in-write", FaultTrials.ExitInWrite),
        ("exit-in-fsync", FaultTrials.ExitInSync),
        ("full-disk", FullDiskTrials.Grown),
    ];

    /// <param name="only">A part of the names of the trials to run. Null: none is run.</param>
    public static async Task<int> Run(string folder, string? only, int rounds, int firstPort)
    {
        var work = Directory.CreateTempSubdirectory("disktrials").FullName;
        try
        {
            if (Tools.Find(folder, work, out var reason) is { } tools)
            {
                return only is null ? 0 : await TrialRunner.Run(
                    All.Where(trial => trial.Name.Contains(only, StringComparison.Ordinal)),
                    name => new Trial(tools, Path.Combine(work, name), firstPort, rounds));
            }

            Console.Out.WriteLine($"not run: trials on real disks ({reason})");
            return 1;
        }
        finally
        {
            Directory.Delete(work, recursive: true);
        }
    }
}

namespace DiskTrials;

/// <summary>The trials by name.</summary>
internal static class AllTrials
{
    public static IReadOnlyList<NamedTrial<Trial>> List { get; } =
    [
        new("power-cut", PowerTrials.AllThree, PowerDisk.Problem),
        new("power-control", PowerTrials.Control, PowerDisk.Problem),
        new("power-cut-one", PowerTrials.One, PowerDisk.Problem),
        new("lying-fsync", PowerTrials.LyingSync, () => PowerDisk.Problem() ?? FaultyDisk.Problem()),
        new("fsync-eio", FaultTrials.SyncFails, FaultyDisk.Problem),
        new("write-eio", FaultTrials.WriteFails, FaultyDisk.Problem),
        new("write-enospc", FaultTrials.NoRoom, FaultyDisk.Problem),
        new("short-writes", FaultTrials.ShortWrites, FaultyDisk.Problem),
        new("slow-fsync", FaultTrials.SlowSync, FaultyDisk.Problem),
        new("exit-in-write", FaultTrials.ExitInWrite, FaultyDisk.Problem),
        new("exit-in-fsync", FaultTrials.ExitInSync, FaultyDisk.Problem),
        new("full-disk", FullDiskTrials.Grown, Machine.RootProblem),
    ];
}

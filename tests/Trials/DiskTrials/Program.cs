using RaftTrials.Trials;

namespace DiskTrials;

internal static class DiskProgram
{
    public static Command Command() => TrialProgram.Command(
        "disks",
        "Runs three raft servers under load, on disks that lose power, fail, fill up and lie; then checks that what was acknowledged is "
        + "there.",
        [
            new("power-cut", PowerTrials.AllThree, PowerDisk.Problem),
            new("power-control", PowerTrials.Control, () => PowerDisk.Problem() ?? FaultyDisk.Problem()),
            new("power-cut-one", PowerTrials.One, PowerDisk.Problem),
            new("lying-fsync", PowerTrials.LyingSync, () => PowerDisk.Problem() ?? FaultyDisk.Problem()),
            new("fsync-eio", FaultTrials.SyncFails, FaultyDisk.Problem),
            new("write-eio", FaultTrials.WriteFails, FaultyDisk.Problem),
            new("write-enospc", FaultTrials.NoRoom, FaultyDisk.Problem),
            new("short-writes", FaultTrials.ShortWrites, FaultyDisk.Problem),
            new("slow-fsync", FaultTrials.SlowSync, FaultyDisk.Problem),
            new("exit-in-write", FaultTrials.ExitInWrite, FaultyDisk.Problem),
            new("exit-in-fsync", FaultTrials.ExitInSync, FaultyDisk.Problem),
            new("read-eio", FaultTrials.ReadFails, FaultyDisk.Problem),
            new("full-disk", FullDiskTrials.Grown, Machine.RootProblem),
        ],
        (work, parsed) => new Trial(work, parsed),
        Trial.AllOptions);
}

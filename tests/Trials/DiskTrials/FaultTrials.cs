namespace DiskTrials;

/// <summary>The disk of one of three nodes fails. The other two go on, and the node rejoins when its disk is repaired.</summary>
internal static class FaultTrials
{
    // EIO and ENOSPC.
    private const int IOError = 5;
    private const int NoSpace = 28;

    public static Task<string> SyncFails(Trial trial) => Stops(trial, DiskFault.SyncFails, IOError, "fsync fails with EIO", "EIO");

    public static Task<string> WriteFails(Trial trial) => Stops(trial, DiskFault.WriteFails, IOError, "write fails with EIO", "EIO");

    public static Task<string> NoRoom(Trial trial) => Stops(trial, DiskFault.WriteFails, NoSpace, "write fails with ENOSPC", "ENOSPC");

    public static async Task<string> ShortWrites(Trial trial)
    {
        var (trio, disk) = await Started(trial);
        disk.Set(DiskFault.WriteIsShort, 1000);
        await trio.More(500, 1, 2, 3);
        trio.Kill(1);
        trio.Start(1);
        var pairs = await trio.Check(1, 2, 3);
        return $"{Met(disk)} writes took 1000 bytes at most, then kill; {trio.AcknowledgedCount} acknowledged, {pairs} in the log, none "
            + "missing";
    }

    /// <summary>A leader with a slow disk gives up leadership.</summary>
    public static async Task<string> SlowSync(Trial trial)
    {
        var (trio, disk) = await Started(trial);
        await MakeLeader(trio);
        disk.Set(DiskFault.SyncIsSlow, 4000);
        await Poll.Until(async () => await trio.Leader(2, 3) != 1, () => "node 1 still leads");
        var next = await trio.Leader(2, 3);
        await trio.More(200, 2, 3);
        disk.Set(DiskFault.None);
        var pairs = await trio.Check(1, 2, 3);
        return $"each fsync of the leader takes 4 s: node {next} led instead; {trio.AcknowledgedCount} acknowledged, {pairs} in the log, "
            + "none missing";
    }

    /// <summary>
    /// A leader whose reads hang gives up leadership: a lagging node needs entries that have left its memory. The others go on, and the
    /// next leader brings the lagging node up to date.
    /// </summary>
    public static async Task<string> ReadHangs(Trial trial)
    {
        var (trio, disk) = await LeadsLagging(trial);
        disk.Set(DiskFault.ReadHangs);
        trio.Start(3);
        await Poll.Until(async () => await trio.Leader(2) == 2, () => "node 1 still leads");
        trio.Load(true, 3);
        await trio.More(200, 2, 3);
        trio.Kill(1);
        disk.Set(DiskFault.None);
        trio.Start(1);
        var pairs = await trio.Check(1, 2, 3);
        return $"the leader's reads hung while node 3 lagged: node 2 led instead; {trio.AcknowledgedCount} acknowledged, {pairs} in the "
            + "log, none missing";
    }

    /// <summary>A leader whose reads fail stops, and names the failed call.</summary>
    public static async Task<string> ReadFails(Trial trial)
    {
        var (trio, disk) = await LeadsLagging(trial);
        disk.Set(DiskFault.ReadFails, IOError);
        trio.Start(3);
        var said = await trio.Says(1, "EIO");
        trio.Load(true, 3);
        await trio.More(200, 2, 3);
        var met = Met(disk);
        trio.Kill(1);
        disk.Set(DiskFault.None);
        trio.Start(1);
        var pairs = await trio.Check(1, 2, 3);
        return $"read fails with EIO, in {met} calls: it said \"{Shortened(said)}\", the others went on; "
            + $"{trio.AcknowledgedCount} acknowledged, {pairs} in the log after its restart, none missing";
    }

    public static Task<string> ExitInWrite(Trial trial) => Dies(trial, DiskFault.ExitInWrite, "died in the middle of a write");

    public static Task<string> ExitInSync(Trial trial) => Dies(trial, DiskFault.ExitInSync, "died before a sync");

    private static async Task<(Trio Trio, FaultyDisk Disk)> Started(Trial trial)
    {
        var trio = trial.OnFolders();
        trio.Start(2);
        trio.Start(3);
        var disk = trial.StartFaulty(1);
        await trio.Leader(1, 2, 3);
        trio.Load(true, Trio.Numbers);
        await trio.More(200, 1, 2, 3);
        return (trio, disk);
    }

    /// <summary>Node 1 leads, and node 3 is stopped and lacks more entries than node 1 has in memory.</summary>
    private static async Task<(Trio Trio, FaultyDisk Disk)> LeadsLagging(Trial trial)
    {
        var (trio, disk) = await Started(trial);
        await MakeLeader(trio);
        trio.Kill(3);
        await trio.More(3000, 1, 2);
        return (trio, disk);
    }

    // The other nodes are stopped in turn.
    private static async Task MakeLeader(Trio trio)
    {
        for (var attempt = 0; await trio.Leader(2, 3) != 1 && attempt < 10; attempt++)
        {
            var leader = await trio.Leader(2, 3);
            trio.Kill(leader);
            await trio.More(50, 1, 5 - leader);
            trio.Start(leader);
            trio.Load(true, leader);
            await trio.Leader(leader);
        }

        if (await trio.Leader(2, 3) != 1)
        {
            throw new TrialFailure("node 1 would not lead");
        }
    }

    private static async Task<string> Stops(Trial trial, DiskFault fault, int error, string what, string word)
    {
        var (trio, disk) = await Started(trial);
        disk.Set(fault, error);
        var said = await trio.Says(1, word);
        await trio.More(200, 2, 3);
        trio.Kill(1);
        trio.Start(1);
        var pairs = await trio.Check(1, 2, 3);
        return $"{what}, in {Met(disk)} calls: it said \"{Shortened(said)}\", the others went on; {trio.AcknowledgedCount} acknowledged, "
            + $"{pairs} in the log after its restart, none missing";
    }

    private static async Task<string> Dies(Trial trial, DiskFault fault, string what)
    {
        var (trio, disk) = await Started(trial);
        disk.Set(fault, spared: 20);
        if (!await trio[1].Ended())
        {
            throw new TrialFailure($"node 1 still runs, and has met {fault} {disk.Hits} times");
        }

        await trio.More(200, 2, 3);
        trio.Start(1);
        var pairs = await trio.Check(1, 2, 3);
        return $"{what}; {trio.AcknowledgedCount} acknowledged, {pairs} in the log after its restart, none missing";
    }

    // How many calls met the fault.
    private static int Met(FaultyDisk disk) =>
        disk.Hits is var hits and > 0 ? hits : throw new TrialFailure("no call met the fault: this trial proves nothing");

    // Without the prefix of a log line: time, thread and source.
    private static string Shortened(string line)
    {
        var text = line[(line.LastIndexOf("] ", StringComparison.Ordinal) is var at and > 0 ? at + 2 : 0)..];
        return text.Length > 330 ? text[..330] + "..." : text;
    }
}

using RaftTrials.Trials;

namespace DiskTrials;

/// <summary>The disk of the leader of three fails. The other two go on, and the server rejoins when its disk is repaired.</summary>
internal static class FaultTrials
{
    // EIO and ENOSPC.
    private const int IOError = 5;
    private const int NoSpace = 28;

    // More entries than a server has in memory.
    private const int Lag = 3000;

    public static Task<string> SyncFails(Trial trial) => Stops(trial, DiskFault.SyncFails, IOError, "EIO");

    public static Task<string> WriteFails(Trial trial) => Stops(trial, DiskFault.WriteFails, IOError, "EIO");

    public static Task<string> NoRoom(Trial trial) => Stops(trial, DiskFault.WriteFails, NoSpace, "ENOSPC");

    public static async Task<string> ShortWrites(Trial trial)
    {
        const int Most = 100;
        var (group, leader, disk) = await Started(trial);
        disk.Set(DiskFault.WriteIsShort, Most);
        await group.More(500);
        leader.Kill();
        leader.Start();
        return $"{Met(disk)} writes took {Most} bytes at most, then kill; {await group.Check(group.Servers)}";
    }

    /// <summary>A leader with a slow disk gives up leadership.</summary>
    public static async Task<string> SlowSync(Trial trial)
    {
        var (group, _, disk) = await Started(trial);
        var term = group.Term;
        disk.Set(DiskFault.SyncIsSlow, 4000);
        var next = await group.Elections.After(term);
        await group.More(200);
        disk.Set(DiskFault.None);
        return $"each fsync of the leader takes 4 s: {next.Server.Id} led instead; {await group.Check(group.Servers)}";
    }

    /// <summary>A leader whose reads fail stops, and names the failed call. It reads for a server that lags.</summary>
    public static async Task<string> ReadFails(Trial trial)
    {
        var (group, leader, disk) = await Started(trial);
        var lagging = group.Servers.First(server => server != leader);
        lagging.Process.Send(Signal.Stop);
        await group.More(Lag);
        disk.Set(DiskFault.ReadFails, IOError);
        lagging.Process.Send(Signal.Continue);
        return await Rejoins(group, leader, disk, "EIO");
    }

    public static Task<string> ExitInWrite(Trial trial) => Dies(trial, DiskFault.ExitInWrite);

    public static Task<string> ExitInSync(Trial trial) => Dies(trial, DiskFault.ExitInSync);

    private static async Task<(Group Group, RaftServer Leader, FaultyDisk Disk)> Started(Trial trial)
    {
        var group = LoadedGroup.Make(trial);
        var disks = trial.FaultyDisks(group);
        await group.StartLoaded(commits: 200);
        var leader = group.Elections.Latest!.Server;
        return (group, leader, disks[leader]);
    }

    private static async Task<string> Stops(Trial trial, DiskFault fault, int error, string word)
    {
        var (group, leader, disk) = await Started(trial);
        disk.Set(fault, error);
        return await Rejoins(group, leader, disk, word);
    }

    private static async Task<string> Rejoins(Group group, RaftServer leader, FaultyDisk disk, string word)
    {
        var said = await leader.Says(word);
        await group.More(200);
        var met = Met(disk);
        leader.Kill();
        disk.Set(DiskFault.None);
        leader.Start();
        return $"in {met} calls: it said \"{(said.Length > 330 ? said[..330] + "..." : said)}\", the others went on; "
            + await group.Check(group.Servers);
    }

    private static async Task<string> Dies(Trial trial, DiskFault fault)
    {
        var (group, leader, disk) = await Started(trial);
        disk.Set(fault, spared: 20);
        await Poll.Until(() => !leader.IsRunning, () => $"{leader.Id} still runs, and has met {fault} {disk.Hits} times");
        await group.More(200);
        disk.Set(DiskFault.None);
        leader.Start();
        return $"the leader ended in it; {await group.Check(group.Servers)}";
    }

    // How many calls met the fault.
    private static int Met(FaultyDisk disk) =>
        disk.Hits is var hits and > 0 ? hits : throw new TrialFailure("no call met the fault: this trial proves nothing");
}

using RaftActors.Storage;

using RaftTrials.Trials;

namespace DiskTrials;

/// <summary>Trials with disks that lose power. A kill alone never loses a write, because the page cache keeps it.</summary>
internal static class PowerTrials
{
    private const int DiskSize = 96;
    private const int UsualRounds = 20;

    /// <summary>Cuts the power of all three disks under load, repeatedly.</summary>
    public static async Task<string> AllThree(Trial trial)
    {
        var (group, disks) = OnPowerDisks(trial);
        var (random, rounds) = (new Random(1), trial.Rounds(UsualRounds));
        await group.StartLoaded(commits: 100);
        for (var round = 0; round < rounds; round++)
        {
            await group.More(random.Next(400));
            var term = group.Term;
            Cut(group, disks);
            Restore(disks);
            group.StartAll();
            await group.Elections.After(term);
            await group.More(100);
        }

        return $"all three disks cut under load {rounds} times; {await group.Check(group.Servers)}";
    }

    /// <summary>
    /// Cuts the power of disks that all lie about their syncs, which must lose a message. Otherwise the cut has no effect, or the check is
    /// blind, and the trial above proves nothing.
    /// </summary>
    public static async Task<string> Control(Trial trial)
    {
        var (group, disks) = OnPowerDisks(trial);
        foreach (var disk in trial.FaultyDisks(group).Values)
        {
            disk.Set(DiskFault.SyncLies);
        }

        await group.StartLoaded(commits: 500);
        var committed = group.Book.Writes.Where(call => call.End == WriteEnd.Committed).Max(call => call.Serial);
        Cut(group, disks);
        Restore(disks);
        var onDisks = group.Servers.Max(SerialOnDisk);
        return onDisks < committed
            ? $"without syncs a cut has to lose something, and did: serial {committed} was committed, and no disk has more than {onDisks}"
            : throw new TrialFailure("nothing was synced, all power was cut, and nothing is missing: this trial proves nothing");
    }

    /// <summary>Cuts the power of the leader's disk. The group must go on.</summary>
    public static async Task<string> One(Trial trial)
    {
        var (group, disks) = OnPowerDisks(trial);
        var rounds = Math.Max(1, trial.Rounds(UsualRounds) / 4);
        await group.StartLoaded(commits: 200);
        for (var round = 0; round < rounds; round++)
        {
            var leader = group.Elections.Latest!.Server;
            Dictionary<RaftServer, PowerDisk> lost = new() { [leader] = disks[leader] };
            Cut(group, lost);
            await group.More(200);
            Restore(lost);
            leader.Start();
            await group.More(200);
        }

        return $"the leader's disk cut under load {rounds} times; {await group.Check(group.Servers)}";
    }

    /// <summary>
    /// The disk of a follower lies about its syncs and loses writes. The leader, to which they were acknowledged, must detect that. Nobody
    /// can see that the disk of a leader lies.
    /// </summary>
    public static async Task<string> LyingSync(Trial trial)
    {
        var (group, disks) = OnPowerDisks(trial);
        var faults = trial.FaultyDisks(group);
        await group.StartLoaded(commits: 200);
        var liar = group.Servers.First(server => server != group.Elections.Latest!.Server);
        faults[liar].Set(DiskFault.SyncLies);
        await group.More(400);
        Cut(group, new() { [liar] = disks[liar] });
        var lies = faults[liar].Hits;
        faults[liar].Set(DiskFault.None);
        Restore(new() { [liar] = disks[liar] });
        var onDisk = SerialOnDisk(liar);
        await group.More(100);
        liar.Start();
        var said = await liar.Says("is fenced");
        liar.Kill();
        return $"a disk lied about {lies} syncs and was cut, which left it {onDisk} messages: its server said \"{said.Trim()}\"; "
            + await group.Check([.. group.Servers.Where(server => server != liar)]);
    }

    private static (Group Group, Dictionary<RaftServer, PowerDisk> Disks) OnPowerDisks(Trial trial)
    {
        List<PowerDisk> disks =
        [
            .. Enumerable.Range(0, LoadedGroup.Servers).Select(
                place => trial.Own(new PowerDisk(Group.DiskOf(trial.Work, place), DiskSize))),
        ];
        var group = LoadedGroup.Make(trial);
        return (group, group.Servers.Zip(disks).ToDictionary());
    }

    /// <summary>
    /// Cuts the power of these disks, and kills their servers. A shut-down disk is not a stopped machine: an interrupted sync may report
    /// success (observed on ext4), and a running server may acknowledge it. So commits that were told after the last moment at which
    /// all disks were surely writable do not count.
    /// </summary>
    private static void Cut(Group group, Dictionary<RaftServer, PowerDisk> disks)
    {
        var sure = Stopwatch.GetTimestamp();
        var cutting = Task.WhenAll(disks.Values.Select(disk => Task.Run(disk.Cut)));
        for (var now = sure; !cutting.IsCompleted && disks.Values.All(CanWrite); now = Stopwatch.GetTimestamp())
        {
            sure = now;
        }

        cutting.Wait();
        foreach (var server in disks.Keys)
        {
            server.Kill();
        }

        group.Book.Doubt(toldAfter: sure, begunBefore: Stopwatch.GetTimestamp());
    }

    private static void Restore(Dictionary<RaftServer, PowerDisk> disks)
    {
        foreach (var disk in disks.Values)
        {
            disk.Restore();
        }
    }

    private static bool CanWrite(PowerDisk disk)
    {
        try
        {
            using var probe = new FileStream(
                Path.Combine(disk.Folder, "probe"), FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0);
            probe.WriteByte(1);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>The last serial on the disk of a stopped server. 0: no log can be read.</summary>
    private static long SerialOnDisk(RaftServer server)
    {
        try
        {
            return StoreTools.Verify(server.Data).Stores is [var store] ? store.Serial ?? 0 : 0;
        }
        catch (IOException)
        {
            return 0;
        }
    }
}

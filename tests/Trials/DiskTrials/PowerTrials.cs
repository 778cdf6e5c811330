namespace DiskTrials;

/// <summary>Trials with disks that lose power. A kill alone never loses a write, because the page cache keeps it.</summary>
internal static class PowerTrials
{
    private const int DiskSize = 96;

    /// <summary>
    /// Cuts the power of all three disks under load, repeatedly. Every acknowledged pair must be on all nodes, in order, once.
    /// </summary>
    public static async Task<string> AllThree(Trial trial)
    {
        var trio = trial.OnPowerDisks(DiskSize);
        var random = new Random(1);
        var pairs = 0;
        trio.StartAll();
        for (var round = 1; round <= trial.Rounds; round++)
        {
            await trio.Leader(1, 2, 3);
            trio.Load(true, Trio.Numbers);
            await trio.More(100 + random.Next(400), 1, 2, 3);
            trio.Dying([.. Trio.Numbers.Select(trial.DiskOf)], () => trial.Cut(Trio.Numbers), trio.KillAll);
            trial.Restore(Trio.Numbers);
            trio.StartAll();
            pairs = await trio.Check(1, 2, 3);
        }

        return $"all three disks cut under load {trial.Rounds} times; {trio.AcknowledgedCount} acknowledged, {pairs} in the log, none "
            + "missing";
    }

    /// <summary>
    /// Cuts the power without syncs, which must lose a pair. Otherwise the cut has no effect, or the check is blind, and the trial above
    /// proves nothing.
    /// </summary>
    public static async Task<string> Control(Trial trial)
    {
        var trio = trial.OnPowerDisks(DiskSize, sync: "none");
        trio.StartAll();
        await trio.Leader(1, 2, 3);
        trio.Load(true, Trio.Numbers);
        await trio.More(500, 1, 2, 3);
        trial.Cut(Trio.Numbers);
        trio.KillAll();
        trial.Restore(Trio.Numbers);
        var (acknowledged, onDisks) = (trio.LastAcknowledged(), Trio.Numbers.Max(trio.SerialOnDisk));
        if (onDisks < acknowledged)
        {
            return $"without syncs a cut has to lose something, and did: serial {acknowledged} was acknowledged, and no disk has more than "
                + $"{onDisks}";
        }

        throw new TrialFailure("nothing was synced, all power was cut, and nothing is missing: this trial proves nothing");
    }

    /// <summary>Cuts the power of one of three disks. The group must go on.</summary>
    public static async Task<string> One(Trial trial)
    {
        var trio = trial.OnPowerDisks(DiskSize);
        trio.StartAll();
        var rounds = Math.Max(1, trial.Rounds / 4);
        for (var round = 0; round < rounds; round++)
        {
            var victim = await trio.Leader(1, 2, 3);
            int[] others = [.. Trio.Numbers.Where(number => number != victim)];
            trio.Load(true, Trio.Numbers);
            await trio.More(200, 1, 2, 3);
            trio.Dying([trial.DiskOf(victim)], () => trial.Cut(victim), () => trio.Kill(victim));
            await trio.More(200, others);
            trial.Restore(victim);
            trio.Start(victim);
            await trio.Check(1, 2, 3);
        }

        return $"the leader's disk cut under load {rounds} times; {trio.AcknowledgedCount} acknowledged, none missing";
    }

    /// <summary>
    /// The disk of a follower lies about its syncs and loses writes. The leader, to which they were acknowledged, must detect that.
    /// </summary>
    public static async Task<string> LyingSync(Trial trial)
    {
        const int Liar = 3;
        var trio = trial.OnPowerDisks(DiskSize);
        trio.Start(1);
        trio.Start(2);
        var disk = trial.StartFaulty(Liar);
        if (await trio.Leader(1, 2, Liar) == Liar)
        {
            throw new TrialFailure("the disk of the leader would lie, which nobody can see");
        }

        trio.Load(true, Trio.Numbers);
        await trio.More(200, 1, 2, Liar);
        disk.Set(DiskFault.SyncLies);
        await trio.More(400, 1, 2, Liar);
        trio.Dying([trial.DiskOf(Liar)], () => trial.Cut(Liar), () => trio.Kill(Liar));
        trial.Restore(Liar);
        var onDisk = trio.SerialOnDisk(Liar);
        await trio.More(100, 1, 2);
        trio.Start(Liar);
        var said = await trio.Says(Liar, "is fenced");
        var pairs = await trio.Check(1, 2);
        return $"a disk lied about {disk.Hits} syncs and was cut, which left it {onDisk} pairs of {pairs}: its node said "
            + $"\"{said.Trim()}\"; {trio.AcknowledgedCount} acknowledged, none missing on the other two";
    }
}

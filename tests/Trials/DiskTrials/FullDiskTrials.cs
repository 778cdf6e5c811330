namespace DiskTrials;

/// <summary>A disk that fills up under load, and is extended then.</summary>
internal static class FullDiskTrials
{
    private const int Small = 24;
    private const int Large = 256;

    /// <summary>Values of this size fill the disk soon.</summary>
    private const int ValueSize = 20_000;

    public static async Task<string> Grown(Trial trial)
    {
        var trio = trial.OnSmallDisk(Small, ValueSize);
        trio.StartAll();
        await trio.Leader(1, 2, 3);
        trio.Load(true, Trio.Numbers);
        await trio.More(100, 1, 2, 3);
        var filler = Path.Combine(trial.DiskOf(1), "filler");
        Machine.FillDisk(filler);

        // If the first node leads, the group takes no more pairs. If it follows, the others go on without it.
        var others = trio.More(400, 2, 3);
        var refusal = trio.AnySays("nearly full");
        var found = await Task.WhenAny(others, refusal) == refusal ? $"as leader it said \"{await refusal}\"" : "the others went on";
        trial.Grow(1, Large);
        File.Delete(filler);
        var restarted = trio[1].HasEnded;
        if (restarted)
        {
            trio.Start(1);
            trio.Load(true, 1);
        }

        await trio.More(200, 1, 2, 3);
        var pairs = await trio.Check(1, 2, 3);
        return $"the disk of node 1 filled to the last byte: {found}; it was made larger{(restarted ? " and the node restarted" : "")}: "
            + $"{trio.AcknowledgedCount} acknowledged, {pairs} in the log, none missing";
    }
}

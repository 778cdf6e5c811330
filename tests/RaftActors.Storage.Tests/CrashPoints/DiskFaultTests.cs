using Xunit.Abstractions;

namespace RaftActors.Storage.Tests.CrashPoints;

/// <summary>
/// The disk refuses one operation, and the store fails. Then the power is cut, or the process restarts on a page cache that may never have
/// reached the disk. Every acknowledged write must be found, and every recovered state must be durable.
/// </summary>
public sealed class DiskFaultTests(ITestOutputHelper output)
{
    private const int Steps = 40;

    // The first faults hit the opening of three stores, so the later ones are spaced out.
    private static readonly int[] Places = [1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 17, 20, 23, 26, 30, 34, 38, 43, 48];

    // Prime, so that the cuts are in other parts of a batch each time.
    private static readonly int Every = Share.Of(test: 23, ci: 3, whole: 1);

    public static TheoryData<string> Faults =>
    [
        nameof(DiskFault.Write), nameof(DiskFault.Sync), nameof(DiskFault.Create), nameof(DiskFault.Rename), nameof(DiskFault.Delete),
        nameof(DiskFault.SyncFolder),
    ];

    [Theory]
    [MemberData(nameof(Faults))]
    public void Single_disk_fault_loses_no_acknowledged_write(string name)
    {
        var fault = Enum.Parse<DiskFault>(name);
        var (failed, cuts, lives) = (0, 0, Share.Of(test: 3, ci: 3, whole: 100));
        for (var seed = 1; seed <= lives; seed++)
        {
            foreach (var nth in Places)
            {
                if (Fail(seed, fault, nth) is not { } life)
                {
                    break;
                }

                failed++;
                var story = $"life {seed}, {fault} number {nth} fails";
                var end = life.Disk.Operations.Count;
                cuts += TryCuts(life, end, story);

                // The power stays on, so the next process sees the page cache of the one before.
                var next = new CrashRun(life.Disk, life.After(end));
                next.Open();
                next.Work(new Random(nth), steps: 6, canClose: false);
                next.WriteQueued();
                cuts += TryCuts(next, end, $"{story}, the process starts again");
            }
        }

        output.WriteLine($"{failed} failures, {cuts} states found after a cut");
        Assert.True(failed >= lives, $"Only {failed} failures were met.");
        Assert.True(cuts > 20 * failed / Every, $"Only {cuts} states were tried.");
    }

    private static int TryCuts(CrashRun life, int from, string story)
    {
        var tried = 0;
        var seen = new HashSet<string>();
        var cuts = life.Disk.Cuts(few: 24, samples: 6, from: from, every: Every);
        foreach (var cut in cuts.Where(cut => seen.Add($"{cut.Operations} {cut.Found.Fingerprint()}")))
        {
            CrashPointTests.Recover(life, cut, $"{story}, {cut}");
            tried++;
        }

        return tried;
    }

    /// <summary>A life up to the failure. Null: it has no such operation.</summary>
    private static CrashRun? Fail(int seed, DiskFault fault, int nth)
    {
        var run = CrashRun.New();
        run.Disk.Fail(fault, nth);
        try
        {
            run.Open();
            run.Work(new Random(seed), Steps, canClose: true);
            run.Close();
            return null;
        }
        catch (StoreException)
        {
            return run;
        }
    }
}

namespace RaftActors.Benchmarks;

/// <summary>
/// Counts the bytes that a leader's thread allocates for a committed entry. The share of log storage is measured on a log alone, with the
/// same appends and discards. The difference is garbage.
/// </summary>
internal static class Bytes
{
    private const int Entries = 16 * CommitBenchmarks.Entries;

    public static void Print()
    {
        Console.WriteLine("followers  batch  all B/entry  log B/entry  garbage B/entry");
        foreach (var followers in new[] { 2, 4 })
        {
            foreach (var batch in new[] { 1, 16, 256 })
            {
                Print(followers, batch);
            }
        }
    }

    private static void Print(int followers, int batch)
    {
        var leader = new Leader(followers, batch);
        var log = new RaftLog(default, []);
        Warm(leader, log);
        var (all, storage) = (0L, 0L);
        for (var i = 0; i < Entries; i += CommitBenchmarks.Entries)
        {
            leader.Prepare(CommitBenchmarks.Entries);
            all += Allocated(() => leader.Run());
            storage += Allocated(() => leader.RunLogAlone(log, CommitBenchmarks.Entries));
        }

        Console.WriteLine(FormattableString.Invariant(
            $"{followers,9}  {batch,5}  {Each(all),11:F1}  {Each(storage),11:F1}  {Each(all - storage),15:F1}"));
    }

    private static void Warm(Leader leader, RaftLog log)
    {
        leader.Prepare(CommitBenchmarks.Entries);
        leader.Run();
        leader.RunLogAlone(log, CommitBenchmarks.Entries);
    }

    private static double Each(long bytes) => (double)bytes / Entries;

    private static long Allocated(Action act)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        act();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}

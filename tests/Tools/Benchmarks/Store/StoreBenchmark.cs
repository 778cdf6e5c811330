namespace RaftActors.Benchmarks.Store;

/// <summary>
/// Measures a durable append against the lower bound of this disk. The parts are interleaved in short rounds, so that other load on the
/// machine affects all of them. Ratios are computed within a round.
/// </summary>
internal sealed class StoreBenchmark(StoreArguments arguments, string root)
{
    private const int TrialAppends = 32;
    private const int SliceAppendsMin = 4;
    private const int SliceMilliseconds = 40;
    private const int AppendsMax = 20_000;

    private int _folders;

    public static void Run(StoreArguments arguments)
    {
        var root = Directory.CreateDirectory(Path.Combine(arguments.Directory, $"store-benchmark-{Environment.ProcessId}")).FullName;
        try
        {
            new StoreBenchmark(arguments, root).Run();
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    private void Run()
    {
        Console.WriteLine("Lines 'bare': pwrite and fdatasync alone, in turn with the part of the next line, with equal sizes.");
        Console.WriteLine("p50, p99: of one write with its sync (bare, writer), or of one append (end to end). 'of bare': ratios to bare.");
        Console.WriteLine();
        Console.WriteLine("                                                              us       us     of bare");
        Console.WriteLine("writers  payload  part        batch  bytes/write  appends/s      p50      p99   rate    p50  garbage B/append");
        foreach (var payload in arguments.Payloads)
        {
            foreach (var writers in arguments.Writers)
            {
                Measure(writers, payload);
            }
        }
    }

    private void Measure(int writers, int payload)
    {
        var trial = EndToEnd(writers, payload, 2, TrialAppends).Store;
        trial = EndToEnd(writers, payload, 2, SliceAppendsFor(trial, writers)).Store;
        var sliceAppends = SliceAppendsFor(trial, writers);
        var slices = Math.Max(1, arguments.Milliseconds / SliceMilliseconds);
        var (writer, endToEnd) = (new List<(Round, Round)>(), new List<(Round, Round)>());
        for (var i = 0; i < (arguments.Rounds ?? 5); i++)
        {
            endToEnd.Add(EndToEnd(writers, payload, slices, sliceAppends));
            if (!arguments.IsInMemory)
            {
                writer.Add(InNewFolder(folder => StoreRounds.Writer(folder, writers, payload, slices * sliceAppends)));
            }
        }

        Print(writers, payload, "writer", writer);
        Print(writers, payload, "end to end", endToEnd);
    }

    private (Round Store, Round Bare) EndToEnd(int writers, int payload, int slices, int sliceAppendsEach) => InNewFolder(folder =>
        StoreRounds.EndToEnd(folder, arguments.IsInMemory, writers, payload, slices, sliceAppendsEach));

    private static int SliceAppendsFor(Round trial, int writers) =>
        Math.Max(SliceAppendsMin, (int)(Math.Min(AppendsMax, trial.AppendsPerSecond * SliceMilliseconds / 1000) / writers));

    private T InNewFolder<T>(Func<string, T> run)
    {
        var folder = Directory.CreateDirectory(Path.Combine(root, $"{_folders++}"));
        try
        {
            GC.Collect();
            return run(folder.FullName);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private void Print(int writers, int payload, string name, List<(Round Store, Round Bare)> rounds)
    {
        if (rounds.Count == 0)
        {
            return;
        }

        if (!arguments.IsInMemory)
        {
            Print(writers, payload, "bare", Round.MedianOf([.. rounds.Select(round => round.Bare)]), 1, 1);
        }

        Print(
            writers,
            payload,
            name,
            Round.MedianOf([.. rounds.Select(round => round.Store)]),
            Round.Median(rounds, round => round.Store.AppendsPerSecond / round.Bare.AppendsPerSecond),
            Round.Median(rounds, round => round.Store.MedianMicroseconds / round.Bare.MedianMicroseconds));
    }

    private static void Print(int writers, int payload, string name, Round round, double rate, double median) =>
        Console.WriteLine(FormattableString.Invariant(
            $"{writers,7}  {payload,7}  {name,-10}  {round.Batch,5:F1}  {round.BatchBytes,11:F0}  {round.AppendsPerSecond,9:F0}  ")
            + FormattableString.Invariant(
                $"{round.MedianMicroseconds,7:F0}  {round.P99Microseconds,7:F0}  {rate,5:F2}  {median,5:F2}  {round.GarbageBytes,16:F1}"));
}

namespace RaftActors.Benchmarks.Reads;

/// <summary>Measures queries of each consistency, in turn.</summary>
internal static class ReadBenchmark
{
    /// <returns>The exit code: 1 if a Query failed.</returns>
    public static async Task<int> RunAsync(ReadArguments arguments, CancellationToken stop)
    {
        Console.WriteLine(ClusterBenchmark.AkkaVersion);
        Cell[] cells = [.. arguments.Cells];
        var runs = cells.ToDictionary(cell => cell, _ => new List<CellRun>());
        var progress = new Progress(arguments.Runs * cells.Length);
        for (var run = 0; run < arguments.Runs; run++)
        {
            foreach (var cell in cells)
            {
                var lease = cell.Consistency == "lease" ? "on" : "off";
                var contender = Contender.Ours($"raft.lease.enabled = {lease}");
                var result = await ClusterProcesses.RunAsync(contender, cell, arguments.Seconds, ".", stop);
                runs[cell].Add(result);
                progress.Report($"{cell}: {result.Load}");
            }
        }

        Print(cells, runs);
        return runs.Values.SelectMany(all => all).Any(run => run.Load.Failed > 0) ? 1 : 0;
    }

    private static void Print(IEnumerable<Cell> cells, Dictionary<Cell, List<CellRun>> runs)
    {
        Console.WriteLine();
        Console.WriteLine(
            "| cell | queries/s | p50 us | p99 us | CPU us/query | garbage B/query | paused % | messages/query | other cores | failed |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|---|---|");
        foreach (var cell in cells)
        {
            var all = runs[cell];
            Console.WriteLine(
                FormattableString.Invariant($"| {cell} | {Median(run => run.Load.OperationsPerSecond):N0} | ") +
                FormattableString.Invariant($"{Median(run => run.Load.Latencies[0]):N1} | {Median(run => run.Load.Latencies[1]):N1} | ") +
                FormattableString.Invariant($"{Median(run => run.CpuMicrosecondsPerOperation):F2} | ") +
                FormattableString.Invariant($"{Median(run => run.GarbageBytesPerOperation):N0} | ") +
                FormattableString.Invariant($"{100 * Median(run => run.PausedShare):F2} | ") +
                FormattableString.Invariant($"{Median(run => run.MessagesPerOperation):F3} | {Median(run => run.OtherCores):F2} | ") +
                FormattableString.Invariant($"{all.Sum(run => run.Load.Failed)} |"));

            double Median(Func<CellRun, double> figure) => Percentile.Median(all, figure);
        }
    }
}

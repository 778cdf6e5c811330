namespace RaftActors.Benchmarks.Cluster;

/// <summary>
/// Prints a table in Markdown. Each figure is the median of the runs; the rate has its minimum and maximum too. If there are open loops,
/// prints their tables instead.
/// </summary>
internal static class ClusterTable
{
    public static void Print(IEnumerable<(string Name, List<CellRun> Runs)> rows)
    {
        rows = [.. rows];
        if (rows.Any(row => row.Runs.Exists(run => run.Open.Count > 0)))
        {
            OpenTable.Print(rows);
            return;
        }

        Console.WriteLine();
        Console.WriteLine(
            "| cell | ops/s min / median / max | p50 us | p99 us | p99.9 us | max us " +
            "| CPU us/op | switches/op | garbage B/op | paused % | other cores | failed |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|---|---|---|---|");
        foreach (var (name, all) in rows)
        {
            var rates = all.Select(run => run.Load.OperationsPerSecond).ToArray();
            var latencies = Enumerable.Range(0, 4).Select(place => Percentile.Median(all, run => run.Load.Latencies[place]));
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {name} | {rates.Min():N0} / {Percentile.Median(rates, rate => rate):N0} / {rates.Max():N0} | " +
                $"{string.Join(" | ", latencies.Select(one => one.ToString("N0", CultureInfo.InvariantCulture)))} | " +
                $"{Percentile.Median(all, run => run.CpuMicrosecondsPerOperation):F1} | " +
                $"{Percentile.Median(all, run => run.SwitchesPerOperation):F2} | " +
                $"{Percentile.Median(all, run => run.GarbageBytesPerOperation):N0} | " +
                $"{100 * Percentile.Median(all, run => run.PausedShare):F2} | " +
                $"{Percentile.Median(all, run => run.OtherCores):F2} | {all.Sum(run => run.Load.Failed)} |"));
        }
    }
}

using System.Globalization;

namespace RaftActors.Benchmarks.Cluster;

/// <summary>Prints a table in Markdown. Each figure is the median of the runs; the rate has its minimum and maximum too.</summary>
internal static class ClusterTable
{
    public static void Print(IEnumerable<Cell> cells, IReadOnlyDictionary<Cell, List<CellRun>> runs)
    {
        Console.WriteLine();
        Console.WriteLine(
            "| cell | ops/s min / median / max | p50 us | p99 us | p99.9 us | max us " +
            "| CPU us/op | garbage B/op | paused % | other cores | failed |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|---|---|---|");
        foreach (var cell in cells)
        {
            var all = runs[cell];
            var rates = all.Select(run => run.Load.OperationsPerSecond).ToArray();
            var latencies = Enumerable.Range(0, 4).Select(place => Median(all.Select(run => run.Load.Latencies[place])));
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {cell} | {rates.Min():N0} / {Median(rates):N0} / {rates.Max():N0} | " +
                $"{string.Join(" | ", latencies.Select(one => one.ToString("N0", CultureInfo.InvariantCulture)))} | " +
                $"{Median(all.Select(run => run.CpuMicrosecondsPerOperation)):F1} | " +
                $"{Median(all.Select(run => run.GarbageBytesPerOperation)):N0} | {100 * Median(all.Select(run => run.PausedShare)):F2} | " +
                $"{Median(all.Select(run => run.OtherCores)):F2} | {all.Sum(run => run.Load.Failed)} |"));
        }
    }

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}

using System.Globalization;

using RaftActors.Benchmarks.Store;
using RaftActors.Cli.Plan;

namespace RaftActors.Benchmarks.Cluster;

/// <summary>
/// Compares measured groups with the model of <c>raft plan</c>. Disk and network are measured before each run, and the model gets these
/// figures.
/// </summary>
internal static class PlanBenchmark
{
    public const string Help = """
        plan [options]  measures the cells of 'cluster', and compares each with the model of 'raft plan'. Three nodes and the clients share
                        the processors and the disk, so the model is told so. It is also told what other programs left of the processors

          The options are those of 'cluster', without --transport, --csv and --svg. The topology should be multi.
        """;

    // Bytes a second of each write to the disk, by large writes, as far as the model needs them.
    private const double DiskRate = 1e9;

    private const double CoresLeast = 0.1;

    /// <returns>The exit code: 1 if an Append did not end as Done.</returns>
    public static async Task<int> RunAsync(ClusterArguments arguments, CancellationToken stop)
    {
        Console.WriteLine(ClusterBenchmark.AkkaVersion);
        Cell[] cells = [.. arguments.Cells];
        var rows = cells.ToDictionary(cell => cell, _ => new List<(CellRun Run, Limits Limits, Forecast Forecast)>());
        var progress = new Progress(arguments.Runs * cells.Length);
        for (var run = 0; run < arguments.Runs; run++)
        {
            foreach (var cell in cells)
            {
                var limits = Limits.Measure(arguments.Directory);
                var ours = Contender.Ours(TransportConfig.Of(cell.Transport));
                var result = await ClusterProcesses.RunAsync(ours, cell, arguments.Seconds, arguments.Directory, stop);
                rows[cell].Add((result, limits, CapacityModel.Predict(WorkloadOf(cell, limits, result.OtherCores))));
                progress.Report($"{cell}: {result.Load}");
            }
        }

        Print(cells, rows);
        return rows.Values.SelectMany(all => all).Any(row => row.Run.Load.Failed > 0) ? 1 : 0;
    }

    private static Workload WorkloadOf(Cell cell, Limits limits, double otherCores) => new()
    {
        Members = 3,
        PayloadBytes = cell.Payload + 3, // The key of the clients.
        Callers = cell.Clients,
        IsForwarded = cell.At == "follower",
        Sync = cell.Store == "file" ? TimeSpan.FromMicroseconds(limits.SyncOfThree) : TimeSpan.Zero,
        SyncMost = cell.Store == "file" ? TimeSpan.FromMicroseconds(limits.SyncOfThreeMost) : TimeSpan.Zero,
        DiskRate = DiskRate,
        RoundTrip = TimeSpan.FromMicroseconds(limits.RoundTrip),

        // Other programs that ran meanwhile left so many.
        Cores = Math.Max(CoresLeast, Environment.ProcessorCount - otherCores),
        IsOneMachine = true,
    };

    // Of all three nodes.
    private static double CpuOf(Forecast forecast) => (forecast.LeaderCores + (2 * forecast.OtherCores)) * 1e6 / forecast.Rate;

    private static void Print(Cell[] cells, Dictionary<Cell, List<(CellRun Run, Limits Limits, Forecast Forecast)>> rows)
    {
        Console.WriteLine();
        Console.WriteLine(
            "| cell | sync p50 / p99 us | round trip us | ops/s: measured | plan | ratio | p50 us: measured | plan | ratio "
            + "| p99 us: measured | plan | ratio | CPU us/op: measured | plan | ratio | other cores |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|");
        foreach (var cell in cells)
        {
            var all = rows[cell];
            var sync = cell.Store == "file"
                ? $"{Median(row => row.Limits.SyncOfThree):N0} / {Median(row => row.Limits.SyncOfThreeMost):N0}"
                : "";
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {cell} | {sync} | {Median(row => row.Limits.RoundTrip):N0} "
                + $"| {Compare(row => row.Run.Load.OperationsPerSecond, row => row.Forecast.Rate)} "
                + $"| {Compare(row => row.Run.Load.Latencies[0], row => row.Forecast.Median.TotalMicroseconds)} "
                + $"| {Compare(row => row.Run.Load.Latencies[1], row => row.Forecast.Most.TotalMicroseconds)} "
                + $"| {Compare(row => row.Run.CpuMicrosecondsPerOperation, row => CpuOf(row.Forecast), "N1")} "
                + $"| {Median(row => row.Run.OtherCores):F2} |"));

            double Median(Func<(CellRun Run, Limits Limits, Forecast Forecast), double> figure) => Round.Median(all, figure);

            // The ratio is the median of the ratios within the runs, because disk and load change between them.
            string Compare(
                Func<(CellRun Run, Limits Limits, Forecast Forecast), double> measured,
                Func<(CellRun Run, Limits Limits, Forecast Forecast), double> planned,
                string format = "N0")
            {
                var (found, expected) = (Median(measured), Median(planned));
                var ratio = Median(row => planned(row) / measured(row));
                return string.Create(
                    CultureInfo.InvariantCulture, $"{Text(found)} | {Text(expected)} | {ratio:F2}");

                string Text(double value) => value.ToString(format, CultureInfo.InvariantCulture);
            }
        }
    }
}

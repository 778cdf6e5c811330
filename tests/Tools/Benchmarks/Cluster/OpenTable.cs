namespace RaftActors.Benchmarks.Cluster;

/// <summary>Prints the tables of open loops in Markdown: latencies, and the events during slow calls. Figures are medians.</summary>
internal static class OpenTable
{
    private static readonly (string Name, string Format, Func<CellRun, double> Figure)[] Latency =
    [
        ("peak/s", "N0", run => run.Peak),
        ("achieved/s", "N0", run => run.Load.OperationsPerSecond),
        ("p50 us", "N0", run => run.Load.Latencies[0]),
        ("p99 us", "N0", run => run.Load.Latencies[1]),
        ("p99.9 us", "N0", run => run.Load.Latencies[2]),
        ("max us", "N0", run => run.Load.Latencies[3]),
        ("p99/p50", "F1", run => run.Load.Latencies[1] / run.Load.Latencies[0]),
        ("p99.9/p50", "F1", run => run.Load.Latencies[2] / run.Load.Latencies[0]),
        ("late p99 us", "N0", run => run.Load.LateP99),
        ("most open", "N0", run => run.Load.OpenMost),
        ("failed", "N0", run => run.Load.Failed),
        ("other cores", "F2", run => run.OtherCores),
    ];

    private static readonly (string Name, string Format, Func<CellRun, double> Figure)[] Tail =
    [
        ("syncs/s", "N0", run => run.Events!.SyncCount / run.Events.Window.Duration.TotalSeconds),
        ("fdatasync p50 us", "N0", run => run.Events!.Syncs[0]),
        ("p99 us", "N0", run => run.Events!.Syncs[1]),
        ("max us", "N0", run => run.Events!.Syncs[3]),
        ("pauses", "N0", run => run.Events!.Pauses.Length),
        ("paused %", "F2", run => 100 * run.PausedShare),
        ("longest us", "N0", run => run.Events!.Pauses.Select(pause => pause.Duration.TotalMicroseconds).DefaultIfEmpty().Max()),
        ("slow calls", "N0", run => run.Events!.SlowCalls.Length),
        ("in a slow sync %", "F0", run => 100 * run.Events!.ShareDuring(run.Events.SlowSyncs)),
        ("by chance %", "F0", run => 100 * run.Events!.ShareByChance(run.Events.SlowSyncs)),
        ("in a pause %", "F0", run => 100 * run.Events!.ShareDuring(run.Events.Pauses)),
        ("by chance %", "F0", run => 100 * run.Events!.ShareByChance(run.Events.Pauses)),
        ("in either %", "F0", run => 100 * run.Events!.ShareDuring([.. run.Events.SlowSyncs, .. run.Events.Pauses])),
        ("waited for 1 sync %", "F1", run => Waited(run, 1)),
        ("2 syncs %", "F1", run => Waited(run, 2)),
        ("more syncs %", "F1", run => Waited(run, 3)),
    ];

    public static void Print(IEnumerable<(string Name, List<CellRun> Runs)> rows)
    {
        var loads = rows.SelectMany(row => row.Runs.SelectMany(run => run.Open).GroupBy(
            run => run.Percent, (percent, runs) => ($"{row.Name} | {percent} %", runs.ToList()))).ToList();
        Print(loads, Latency);
        Print(loads.Where(row => row.Item2.TrueForAll(run => run.Events is not null)), Tail);
    }

    private static void Print(
        IEnumerable<(string Name, List<CellRun> Runs)> rows, (string Name, string Format, Func<CellRun, double> Figure)[] columns)
    {
        Console.WriteLine($"\n| cell | load | {string.Join(" | ", columns.Select(column => column.Name))} |");
        Console.WriteLine($"|---|---|{string.Concat(columns.Select(_ => "---|"))}");
        foreach (var (name, runs) in rows)
        {
            Console.WriteLine($"| {name} | {string.Join(" | ", columns.Select(column =>
                Percentile.Median(runs, column.Figure).ToString(column.Format, CultureInfo.InvariantCulture)))} |");
        }
    }

    // NaN: unknown.
    private static double Waited(CellRun run, int syncs) => 100.0 * run.Events!.Waits.ElementAtOrDefault(syncs) / run.Events.Waits.Sum();
}

using RaftActors.Benchmarks.Plot;

namespace RaftActors.Benchmarks.Cluster;

/// <summary>Plots the medians of all cells: a row of charts for each combination except the number of clients.</summary>
internal static class ClusterPlot
{
    /// <param name="file">Null: writes nothing.</param>
    public static void Write(string? file, IEnumerable<(string Name, Cell Cell, List<CellRun> Runs)> results) => SvgPlot.Write(file, [
        .. from result in results
        group result by result.Cell.Chart into row
        select new PlotRow(row.Key, [
            .. from one in row
            group one by one.Name into series
            select (series.Key, (IReadOnlyList<PlotPoint>)[.. series.Select(one => PointOf(one.Cell, one.Runs))]),
        ]),
    ]);

    private static PlotPoint PointOf(Cell cell, List<CellRun> runs) => new(
        cell.Clients, Percentile.Median(runs, run => run.Load.OperationsPerSecond), Percentile.Median(runs, run => run.Load.Latencies[1]));
}

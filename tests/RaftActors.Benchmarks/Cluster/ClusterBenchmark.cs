using System.Globalization;

using Akka.Actor;

namespace RaftActors.Benchmarks.Cluster;

/// <summary>Measures all cells in turn, so that a change of the machine's load affects all of them, and prints their medians.</summary>
internal static class ClusterBenchmark
{
    /// <returns>The exit code: 1 if an Append did not end as Done.</returns>
    public static async Task<int> RunAsync(ClusterArguments arguments)
    {
        var runtime = arguments.RuntimeLabel ?? RuntimeName;
        var limits = Limits.Measure(arguments.Directory);
        Console.WriteLine($"{runtime}. {limits}");
        Cell[] cells = [.. arguments.Cells];
        var runs = cells.ToDictionary(cell => cell, _ => new List<CellRun>());
        using var csv = arguments.Csv is { } file ? new StreamWriter(file) : null;
        csv?.WriteLine("runtime,store,topology,at,clients,payload,ops_s,p50,p99,p999,max,cpu_us_op,garbage_op,paused,other,failed");
        for (var run = 0; run < arguments.Runs; run++)
        {
            foreach (var cell in cells)
            {
                var result = await ClusterProcesses.RunAsync(cell, arguments.Seconds, arguments.Directory);
                runs[cell].Add(result);
                csv?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{runtime},{CsvOf(cell, result)}"));
                csv?.Flush();
                var (rate, median) = (result.Load.OperationsPerSecond, result.Load.Latencies[0]);
                Console.Error.WriteLine(FormattableString.Invariant(
                    $"run {run + 1} of {arguments.Runs}: {cell}: {rate:N0}/s, p50 {median:N0} us"));
            }
        }

        ClusterTable.Print(cells, runs);
        return runs.Values.SelectMany(all => all).Any(run => run.Load.Failed > 0) ? 1 : 0;
    }

    private static string RuntimeName => typeof(ActorSystem).Assembly.GetName() is var name ? $"{name.Name} {name.Version}" : "";

    private static string CsvOf(Cell cell, CellRun run) => string.Create(
        CultureInfo.InvariantCulture,
        $"{cell.Store},{cell.Topology},{cell.At},{cell.Clients},{cell.Payload},{run.Load.OperationsPerSecond:F0}," +
        $"{string.Join(',', run.Load.Latencies.Select(one => one.ToString("F1", CultureInfo.InvariantCulture)))}," +
        $"{run.CpuMicrosecondsPerOperation:F2},{run.GarbageBytesPerOperation:F0},{run.PausedShare:F4},{run.OtherCores:F2}," +
        $"{run.Load.Failed}");
}

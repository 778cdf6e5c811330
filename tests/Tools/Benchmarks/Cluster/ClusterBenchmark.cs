namespace RaftActors.Benchmarks.Cluster;

/// <summary>Measures all cells in turn, so that a change of the machine's load affects all of them, and prints their medians.</summary>
internal static class ClusterBenchmark
{
    /// <summary>Akka.NET's assembly and version.</summary>
    public static string AkkaVersion => typeof(ActorSystem).Assembly.GetName() is var name ? $"{name.Name} {name.Version}" : "";

    /// <returns>The exit code: 1 if an Append did not end as Done, or a run made too much garbage.</returns>
    public static async Task<int> RunAsync(ClusterArguments arguments, CancellationToken stop)
    {
        var akka = AkkaVersion;
        var limits = Limits.Measure(arguments.Directory);
        Console.WriteLine($"{akka}. {limits}");
        Cell[] cells = [.. arguments.Cells];
        var runs = cells.ToDictionary(cell => cell, _ => new List<CellRun>());
        var hasFailed = false;
        using var csv = new ClusterCsv(arguments.Csv);
        var progress = new Progress(arguments.Runs * cells.Length);
        for (var run = 0; run < arguments.Runs; run++)
        {
            foreach (var cell in cells)
            {
                var ours = Contender.Ours(TransportConfig.Of(cell.Transport), cell.Groups);
                var result = await ClusterProcesses.RunAsync(ours, cell, arguments.Seconds, arguments.Directory, stop);
                runs[cell].Add(result);
                csv.Write(akka, cell, result);
                progress.Report($"{cell}: {result.Load}");
                if (result.GarbageBytesPerOperation > arguments.GarbageMax)
                {
                    hasFailed = true;
                    Console.Error.WriteLine(FormattableString.Invariant(
                        $"{cell}: {result.GarbageBytesPerOperation:N0} bytes an Append, more than --garbage-max {arguments.GarbageMax}"));
                }
            }
        }

        ClusterTable.Print(cells.Select(cell => ($"{cell}", runs[cell])));
        ClusterPlot.Write(arguments.Svg, cells.Select(cell => ($"{akka}, {cell.Transport}", cell, runs[cell])));
        return hasFailed || runs.Values.SelectMany(all => all).Any(run => run.Load.Failed > 0) ? 1 : 0;
    }
}

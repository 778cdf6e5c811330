using RaftActors.Benchmarks.Cluster;

namespace RaftActors.Benchmarks.Compare;

/// <summary>Measures each cell with all contenders in turn, so that a change of the machine's load affects all of them.</summary>
internal static class CompareBenchmark
{
    /// <returns>The exit code: 1 if a call of RaftActors failed.</returns>
    public static async Task<int> RunAsync(CompareArguments arguments, CancellationToken stop)
    {
        var cluster = arguments.Cluster;
        var ours = Contender.Ours(TransportConfig.Of(cluster.Transports[0]));
        Contender[] contenders = [ours with { Name = $"RaftActors on {ClusterBenchmark.AkkaVersion}" }];
        foreach (var peer in arguments.Peers)
        {
            contenders = [.. contenders, await Peers.PrepareAsync(peer, stop)];
        }

        var queries = cluster.Cells.Select(cell => cell with { Consistency = "linearizable", Payload = 0 }).Distinct();
        Cell[] cells = [.. cluster.Cells, .. queries];
        if (contenders[1..].FirstOrDefault(peer => !cells.Any(peer.Supports)) is { } idle)
        {
            throw new UsageException($"{idle.Name} supports none of these cells. --help lists what each peer supports.");
        }

        var limits = Limits.Measure(cluster.Directory);
        Console.WriteLine($"{string.Join(", ", contenders.Select(one => one.Name))}. {limits}");
        (Cell Cell, Contender Contender)[] pairs =
        [
            .. from cell in cells
            where contenders[1..].Any(peer => peer.Supports(cell))
            from contender in contenders
            where contender.Supports(cell)
            select (cell, contender),
        ];
        var runs = pairs.ToDictionary(pair => pair, _ => new List<CellRun>());
        using var csv = new ClusterCsv(cluster.Csv);
        var progress = new Progress(cluster.Runs * pairs.Length);
        for (var run = 0; run < cluster.Runs; run++)
        {
            foreach (var (cell, contender) in pairs)
            {
                var result = await ClusterProcesses.RunAsync(contender, cell, cluster.Seconds, cluster.Directory, stop);
                runs[(cell, contender)].Add(result);
                csv.Write(contender.Name, cell, result);
                progress.Report($"{contender.Name}: {cell}: {result.Load}");
            }
        }

        ClusterTable.Print(pairs.Select(pair => (pair.Contender.RowOf(pair.Cell), runs[pair])));
        ClusterPlot.Write(cluster.Svg, pairs.Select(pair => (pair.Contender.Name, pair.Cell, runs[pair])));
        RatioTable.Print(
            from pair in pairs
            where pair.Contender != contenders[0]
            select (pair.Cell, pair.Contender.Name, runs[(pair.Cell, contenders[0])], runs[pair]));
        return pairs.Where(pair => pair.Contender == contenders[0]).Any(pair => runs[pair].Any(run => run.Load.Failed > 0)) ? 1 : 0;
    }
}

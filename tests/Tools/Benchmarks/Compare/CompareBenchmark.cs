namespace RaftActors.Benchmarks.Compare;

/// <summary>Measures each cell with all contenders in turn, so that a change of the machine's load affects all of them.</summary>
internal static class CompareBenchmark
{
    /// <returns>The exit code: 1 if a call of RaftActors failed, or a run has no figures because a node was late.</returns>
    public static async Task<int> RunAsync(CompareArguments arguments, CancellationToken stop)
    {
        var cluster = arguments.Cluster;
        var ours = Contender.Ours(TransportConfig.Of(cluster.Transports[0]));
        Contender[] contenders = [ours with { Name = $"RaftActors on {ClusterBenchmark.AkkaVersion}" }];
        foreach (var peer in arguments.Peers)
        {
            contenders = [.. contenders, await Peers.PrepareAsync(peer, stop)];
        }

        contenders = [.. contenders, .. arguments.Programs];

        var queries = cluster.Cells.Select(cell => cell with { Consistency = "linearizable", Payload = 0 }).Distinct();
        Cell[] cells = cluster.Loads.Length > 0 ? [.. cluster.Cells] : [.. cluster.Cells, .. queries];
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
        var runs = pairs.ToDictionary(pair => pair, _ => new List<CellRun?>());
        using var csv = new ClusterCsv(cluster.Csv);
        var progress = new Progress(cluster.Runs * pairs.Length);
        for (var run = 0; run < cluster.Runs; run++)
        {
            foreach (var (cell, contender) in pairs)
            {
                var result = await TryRunAsync(contender, cell);
                runs[(cell, contender)].Add(result);
                if (result is not null)
                {
                    csv.Write(contender.Name, cell, result);
                }

                progress.Report($"{contender.Name}: {cell}: {result?.Load.ToString() ?? "failed"}");
            }
        }

        var whole = pairs.Where(pair => WholeOf(pair).Count > 0).ToList();
        ClusterTable.Print(whole.Select(pair => (pair.Contender.RowOf(pair.Cell), WholeOf(pair))));
        ClusterPlot.Write(cluster.Svg, whole.Select(pair => (pair.Contender.Name, pair.Cell, WholeOf(pair))));
        RatioTable.Print(
            from pair in whole
            where pair.Contender != contenders[0]
            let both = runs[(pair.Cell, contenders[0])].Zip(runs[pair]).Where(run => run is (not null, not null)).ToList()
            where both.Count > 0
            select (pair.Cell, pair.Contender.Name, both.ConvertAll(run => run.First!), both.ConvertAll(run => run.Second!)));
        var late = pairs.Where(pair => runs[pair].Contains(null)).ToList();
        late.ForEach(pair => Console.WriteLine(
            $"{pair.Contender.Name}: {pair.Cell}: {runs[pair].Count(run => run is null)} of {cluster.Runs} runs failed"));
        return late.Count > 0 || pairs.Any(pair => pair.Contender == contenders[0] && WholeOf(pair).Exists(run => run.Load.Failed > 0))
            ? 1
            : 0;

        // A library that is late must not end the runs of the others.
        async Task<CellRun?> TryRunAsync(Contender contender, Cell cell)
        {
            try
            {
                return await ClusterProcesses.RunAsync(contender, cell, cluster.Seconds, cluster.Directory, stop);
            }
            catch (TimeoutException e)
            {
                Console.Error.WriteLine($"{cell}: {e.Message}");
                return null;
            }
        }

        List<CellRun> WholeOf((Cell Cell, Contender Contender) pair) => [.. runs[pair].OfType<CellRun>()];
    }
}

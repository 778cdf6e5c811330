namespace RaftActors.Benchmarks.Cluster;

/// <summary>Measures the processor time of a group without clients, and beside it that of actor systems without raft.</summary>
internal static class IdleBenchmark
{
    public const string Help = """
        idle [options]     measures the processor time of three nodes without clients, with stores in memory, and at the same time
                           that of three empty actor systems with a remoting

          --topology WORD   single: three actor systems in one process; multi: three processes (default multi)
          --heartbeat MS    time between two heartbeats; election timeouts are 10 and 20 times as long (default 50)
          --wheel MS        akka.scheduler.tick-duration of all six (default 10, as Akka's)
          --warm-up N       seconds before the window, in which code is compiled (default 30)
          --seconds N       length of the window (default 60)
          --help            print this help
        """;

    /// <exception cref="UsageException">An option is unknown, or its value cannot be read.</exception>
    public static async Task<int> RunAsync(string[] words, CancellationToken stop)
    {
        var (heartbeat, warmUp, seconds, wheel, topology) = (50, 30.0, 60.0, 10, "multi");
        for (var place = 0; place < words.Length; place += 2)
        {
            var value = words.ElementAtOrDefault(place + 1) ?? "";
            (heartbeat, warmUp, seconds, wheel, topology) = words[place] switch
            {
                "--heartbeat" when OptionValue.Numbers(value) is [var number] => (number, warmUp, seconds, wheel, topology),
                "--warm-up" when OptionValue.Seconds(value) is { } number => (heartbeat, number, seconds, wheel, topology),
                "--seconds" when OptionValue.Seconds(value) is { } number => (heartbeat, warmUp, number, wheel, topology),
                "--wheel" when OptionValue.Numbers(value) is [var number] => (heartbeat, warmUp, seconds, number, topology),
                "--topology" when value is "single" or "multi" => (heartbeat, warmUp, seconds, wheel, value),
                _ => throw UsageException.Of(words[place], value),
            };
        }

        var settings = FormattableString.Invariant(
            $$"""
            akka.scheduler.tick-duration = {{wheel}}ms
            raft {
              heartbeat-interval = {{heartbeat}}ms
              election-timeout { min = {{10 * heartbeat}}ms, max = {{20 * heartbeat}}ms }
            }
            """);
        Console.Error.WriteLine(FormattableString.Invariant($"Measuring for {seconds} s."));
        var empty = await EmptyNode.StartAsync(topology, settings);
        try
        {
            var cell = new Cell("memory", topology, "leader", Clients: 0, Payload: 0) { WarmUp = warmUp };
            var running = ClusterProcesses.RunAsync(Contender.Ours(settings), cell, seconds, ".", stop);
            await Task.Delay(TimeSpan.FromSeconds(warmUp), stop);
            var (before, from) = (await EmptyNode.ReadAsync(empty), Stopwatch.GetTimestamp());
            var run = await running;
            var (after, window) = (await EmptyNode.ReadAsync(empty), Stopwatch.GetElapsedTime(from));
            var garbage = run.Nodes.GarbageBytes / run.Window.TotalSeconds / 1000;
            Console.WriteLine(ClusterBenchmark.AkkaVersion);
            Console.WriteLine(FormattableString.Invariant(
                $"{100 * (run.Nodes.Cpu / run.Window):F2} % of a core in all three nodes, {garbage:N1} kB/s of garbage, ") +
                FormattableString.Invariant($"heartbeats every {heartbeat} ms; other cores {run.OtherCores:F2}"));
            Console.WriteLine(FormattableString.Invariant(
                $"{100 * ((after - before).Cpu / window):F2} % of a core in three empty actor systems with a remoting"));
            return 0;
        }
        finally
        {
            Array.ForEach(empty, node => node.Dispose());
        }
    }
}

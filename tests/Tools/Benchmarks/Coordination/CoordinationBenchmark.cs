using RaftActors.Coordination;

namespace RaftActors.Benchmarks.Coordination;

/// <summary>Measures free locks and many held locks, with three actor systems in this process.</summary>
internal static class CoordinationBenchmark
{
    public const string Help = """
        coordination [options]  measures locks of a coordination group of three nodes in one process, with stores in memory and on disk

          --rounds N        times that a free lock is acquired and released, one after the other (default 2000)
          --held N          locks that one node then holds (default 1000)
          --seconds N       time for which they are held (default 10)
          --directory DIR   folder of the stores, on the disk to measure (default: the current directory)
          --help            print this help
        """;

    public static async Task<int> RunAsync(string[] words, CancellationToken stop)
    {
        var (rounds, held, seconds, directory) = (2000, 1000, 10.0, ".");
        for (var rest = words.AsSpan(); rest is [var option, ..]; rest = rest[2..])
        {
            var value = rest is [_, var next, ..] ? next : "";
            switch (option)
            {
                case "--rounds" when OptionValue.Numbers(value) is [var number]:
                    rounds = number;
                    break;
                case "--held" when OptionValue.Numbers(value) is [var number]:
                    held = number;
                    break;
                case "--seconds" when OptionValue.Seconds(value) is { } number:
                    seconds = number;
                    break;
                case "--directory" when value.Length > 0:
                    directory = value;
                    break;
                default:
                    throw UsageException.Of(option, value);
            }
        }

        Console.WriteLine($"{ClusterBenchmark.AkkaVersion}. {Limits.Measure(directory)}\n");
        Console.WriteLine("| store | acquire p50 us | p99 us | release p50 us | p99 us | locks held | pairs/s | CPU % of a core |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|");
        Console.WriteLine(await MeasureAsync("memory", null, rounds, held, seconds, stop));
        var stores = Path.Combine(directory, $"coordination-{Environment.ProcessId}");
        try
        {
            Console.WriteLine(await MeasureAsync("file", stores, rounds, held, seconds, stop));
        }
        finally
        {
            Directory.Delete(stores, recursive: true);
        }

        return 0;
    }

    private static async Task<string> MeasureAsync(
        string store, string? directory, int rounds, int held, double seconds, CancellationToken stop)
    {
        var ports = FreePorts.Take(3);
        var systems = ports.Select(port => Start(port, ports, directory)).ToArray();
        try
        {
            var nodes = systems.Select(RaftCoordination.Get).ToArray();
            await nodes[0].Items.PutAsync("warm-up", "0", timeout: TimeSpan.FromSeconds(30), cancellationToken: stop);
            var (acquires, releases) = (new List<double>(), new List<double>());
            for (var round = -rounds / 4; round < rounds; round++)
            {
                var begin = Stopwatch.GetTimestamp();
                var free = await nodes[0].LockAsync("free", cancellationToken: stop);
                var acquired = Stopwatch.GetTimestamp();
                await free.DisposeAsync();
                if (round >= 0)
                {
                    acquires.Add(Stopwatch.GetElapsedTime(begin, acquired).TotalMicroseconds);
                    releases.Add(Stopwatch.GetElapsedTime(acquired).TotalMicroseconds);
                }
            }

            for (var number = 0; number < held; number++)
            {
                await nodes[0].LockAsync($"held/{number}", cancellationToken: stop);
            }

            // The versions of two items tell how many pairs were committed between them.
            var first = await nodes[0].Items.PutAsync("first", "", cancellationToken: stop);
            var (before, start) = (Process.GetCurrentProcess().TotalProcessorTime, Stopwatch.GetTimestamp());
            await Task.Delay(TimeSpan.FromSeconds(seconds), stop);
            var (cpu, time) = (Process.GetCurrentProcess().TotalProcessorTime - before, Stopwatch.GetElapsedTime(start));
            var last = await nodes[0].Items.PutAsync("last", "", cancellationToken: stop);
            return FormattableString.Invariant(
                $"| {store} | {Text(acquires)} | {Text(releases)} | {held} | {(last - first - 1) / time.TotalSeconds:F1} | ") +
                FormattableString.Invariant($"{100 * cpu / time:F1} |");
        }
        finally
        {
            await Task.WhenAll(systems.Select(system => system.Terminate()));
        }
    }

    private static string Text(IEnumerable<double> times)
    {
        var sorted = times.Order().ToArray();
        return FormattableString.Invariant($"{Percentile.Of(sorted, 0.5):F0} | {Percentile.Of(sorted, 0.99):F0}");
    }

    private static ActorSystem Start(int port, int[] ports, string? directory) => ActorSystem.Create(
        "coordination",
        ConfigurationFactory.ParseString(
            $$"""
            akka {
              loglevel = OFF
              stdout-loglevel = OFF
              log-dead-letters = off
              actor.provider = remote
              remote.dot-netty.tcp { hostname = "127.0.0.1", port = {{port}} }
            }
            raft.discovery = node-names
            raft.nodes = [{{string.Join(", ", ports.Select(each => $"\"127.0.0.1:{each}\""))}}]
            raft.store.directory = "{{(directory is null ? "" : Path.GetFullPath(Path.Combine(directory, $"{port}")))}}"
            """).WithFallback(RaftCoordination.DefaultConfig()));
}

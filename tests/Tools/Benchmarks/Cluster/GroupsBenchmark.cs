namespace RaftActors.Benchmarks.Cluster;

/// <summary>
/// Measures the memory and the processor time of many quiescent groups, and what one table of raft top with all of them takes. The three
/// nodes are in one process, with stores in files.
/// </summary>
internal static class GroupsBenchmark
{
    public const string Help = """
        groups [options]   measures the memory of a member of a quiescent group, on three nodes in one process, and a period of raft top

          --groups LIST     numbers of groups, ascending; each is reached from the one before (default 100,500,1000)
          --settle N        seconds from the last leader to the measurement (default 20; groups are quiescent after 5)
          --seconds N       length of the window for the processor time (default 10)
          --alone on        starts one of the three nodes: prints the processor time of a node whose groups wait for the others
          --directory DIR   folder of the stores (default: the current directory)
          --help            print this help
        """;

    // Otherwise a node logs an error when the client of raft top has ended.
    private const string Settings = "akka.remote.use-passive-connections = off";

    private static readonly TimeSpan WaitMax = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan ProgressInterval = TimeSpan.FromSeconds(10);

    /// <exception cref="UsageException">An option is unknown, or its value cannot be read.</exception>
    public static async Task<int> RunAsync(string[] words, CancellationToken stop)
    {
        int[] sizes = [100, 500, 1000];
        var (settle, seconds, directory, isAlone) = (20.0, 10.0, ".", false);
        for (var place = 0; place < words.Length; place += 2)
        {
            var value = words.ElementAtOrDefault(place + 1) ?? "";
            (sizes, settle, seconds, directory, isAlone) = words[place] switch
            {
                "--groups" when OptionValue.Numbers(value) is { } numbers => (numbers, settle, seconds, directory, isAlone),
                "--settle" when OptionValue.Seconds(value) is { } number => (sizes, number, seconds, directory, isAlone),
                "--seconds" when OptionValue.Seconds(value) is { } number => (sizes, settle, number, directory, isAlone),
                "--directory" when value.Length > 0 => (sizes, settle, seconds, value, isAlone),
                "--alone" when value == "on" => (sizes, settle, seconds, directory, true),
                _ => throw UsageException.Of(words[place], value),
            };
        }

        var folder = Directory.CreateDirectory(Path.Combine(directory, Path.GetRandomFileName())).FullName;
        try
        {
            var (rest, window) = (TimeSpan.FromSeconds(settle), TimeSpan.FromSeconds(seconds));
            await (isAlone ? MeasureAloneAsync(sizes, rest, window, folder, stop) : MeasureAsync(sizes, rest, window, folder, stop));
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task MeasureAloneAsync(int[] sizes, TimeSpan settle, TimeSpan window, string folder, CancellationToken stop)
    {
        var ports = FreePorts.Take(3).Select(port => port.ToString(CultureInfo.InvariantCulture)).ToArray();
        var system = NodeSystem.Create(Settings + "\nakka.loglevel = ERROR", ports[0], ports, Path.Combine(folder, ports[0]));
        Console.WriteLine("| groups that wait | % of a core |");
        Console.WriteLine("|---|---|");
        var started = 0;
        using var leaders = new CountdownEvent(1);
        foreach (var size in sizes)
        {
            foreach (var shard in new RaftShards("g", sizes[^1]).All.Take(size).Skip(started))
            {
                system.ActorOf(Props.Create(() => new Idle(shard, new FirstLeader(leaders))), shard.Group);
            }

            await Task.Delay(settle, stop);
            Console.WriteLine(FormattableString.Invariant($"| {size:N0} | {100 * await MeasureProcessorAsync(window, stop):F1} |"));
            started = size;
        }

        await system.Terminate();
    }

    /// <summary>The processor time of this process in a window, as a share of one core.</summary>
    private static async Task<double> MeasureProcessorAsync(TimeSpan window, CancellationToken stop)
    {
        var (cpu, at) = (Environment.CpuUsage.TotalTime, Stopwatch.GetTimestamp());
        await Task.Delay(window, stop);
        return (Environment.CpuUsage.TotalTime - cpu) / Stopwatch.GetElapsedTime(at);
    }

    private static async Task MeasureAsync(int[] sizes, TimeSpan settle, TimeSpan window, string folder, CancellationToken stop)
    {
        var ports = FreePorts.Take(3).Select(port => port.ToString(CultureInfo.InvariantCulture)).ToArray();
        ActorSystem[] systems = [.. ports.Select(port => NodeSystem.Create(Settings, port, ports, Path.Combine(folder, port)))];
        var shards = new RaftShards("g", sizes[^1]);
        Console.WriteLine(ClusterBenchmark.AkkaVersion);
        Console.WriteLine("| groups | led after s | heap MiB | resident MiB | heap of a member, kB | resident, kB | % of a core | top ms "
            + "| top, bytes of a node | bytes of a row |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|---|---|");
        var (started, before) = (0, Memory.Now);
        foreach (var size in sizes)
        {
            var began = Stopwatch.GetTimestamp();
            using var leaders = new CountdownEvent(size - started);
            foreach (var shard in shards.All.Take(size).Skip(started))
            {
                var first = new FirstLeader(leaders);
                Array.ForEach(systems, system => system.ActorOf(Props.Create(() => new Idle(shard, first)), shard.Group));
            }

            while (!leaders.Wait(ProgressInterval, stop))
            {
                Report(size - leaders.CurrentCount, began);
                if (Stopwatch.GetElapsedTime(began) > WaitMax)
                {
                    throw new TimeoutException($"{leaders.CurrentCount} of {size - started} groups have no leader after {WaitMax}.");
                }
            }

            var led = Stopwatch.GetElapsedTime(began);
            Report(size, began);
            await Task.Delay(settle, stop);
            var share = await MeasureProcessorAsync(window, stop);
            var (now, members) = (Memory.Now, 3.0 * (size - started));
            var (time, bytes) = await TopBenchmark.MeasureAsync(ports[0], 3 * size, stop);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {size:N0} | {led.TotalSeconds:F1} | {now.Heap / 1048576.0:F0} | {now.Resident / 1048576.0:F0} "
                + $"| {(now.Heap - before.Heap) / members / 1000:F1} | {(now.Resident - before.Resident) / members / 1000:F1} "
                + $"| {100 * share:F1} | {time.TotalMilliseconds:F0} | {bytes / 3:N0} | {bytes / 3.0 / size:F0} |"));
            (started, before) = (size, now);
        }

        await Task.WhenAll(systems.Select(system => system.Terminate()));
    }

    private static void Report(int led, long began)
    {
        var (elapsed, used) = (Stopwatch.GetElapsedTime(began).TotalSeconds, Environment.CpuUsage.TotalTime.TotalSeconds);
        Console.Error.WriteLine(FormattableString.Invariant(
            $"{led:N0} groups led after {elapsed:F0} s; this process has used {used:F0} s of processor time"));
    }

    /// <summary>Bytes in use after a full collection.</summary>
    private readonly record struct Memory(long Heap, long Resident)
    {
        public static Memory Now
        {
            get
            {
                GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
                GC.WaitForPendingFinalizers();
                var heap = GC.GetTotalMemory(forceFullCollection: true);
                return new Memory(heap, Environment.WorkingSet);
            }
        }
    }

    /// <summary>Counts a group once.</summary>
    private sealed class FirstLeader(CountdownEvent leaders)
    {
        private int _isCounted;

        public void Count()
        {
            if (Interlocked.Exchange(ref _isCounted, 1) == 0)
            {
                leaders.Signal();
            }
        }
    }

    private sealed class Idle(RaftShard shard, FirstLeader first) : RaftActor<ReadOnlyMemory<byte>>(new() { Shard = shard })
    {
        protected override object? HandleAppend(Entry<ReadOnlyMemory<byte>> entry) => null;

        protected override void HandleLeader(RaftActors.Leader? leader)
        {
            if (leader is { IsSelf: true, IsReady: true })
            {
                first.Count();
            }
        }
    }
}

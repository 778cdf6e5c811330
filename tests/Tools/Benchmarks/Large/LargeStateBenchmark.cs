namespace RaftActors.Benchmarks.Large;

/// <summary>
/// Three nodes take a large snapshot while appends go on, first all at once, and then because the log has grown. Then one node loses its
/// store, is sent the snapshot, and restores it. All nodes are in this process, so its memory is that of all of them.
/// </summary>
internal sealed class LargeStateBenchmark(LargeStateArguments arguments, string root)
{
    // More than the phase before the first snapshot appends. A snapshot is due after these bytes, and after half of its state.
    private const long AfterBytes = 256_000_000;

    // Large pairs make the log grow fast.
    private const int GrowthValueSize = 16 << 10;

    // The log discards whole pages of 256 entries. The first snapshot must cover one, so that a node without a store needs a snapshot, and
    // not the log.
    private const int PairsBefore = 1000;

    // Without the bound the heap would grow with the number of appends, and so with the speed of the machine.
    private readonly string _settings = "raft { log-memory-max = 1MB, snapshot { retained-entries = 0, after-entries = 1000000000"
        + $", after-bytes = {(arguments.InTurns ? AfterBytes : long.MaxValue)}b }} }}";

    private static readonly TimeSpan WaitMax = TimeSpan.FromMinutes(30);

    private readonly string[] _ports = [.. FreePorts.Take(3).Select(port => $"{port}")];
    private readonly Dictionary<string, Node> _nodes = [];

    public static async Task<int> RunAsync(LargeStateArguments arguments, CancellationToken stop)
    {
        // DotNetty, the network library of Akka.NET, pools blocks of 16 MiB, up to two a core, and uses little of them.
        // Without the pools the heap is that of raft. DotNetty reads this variable when the first actor system opens its port.
        Environment.SetEnvironmentVariable("io.netty.allocator.numHeapArenas", "0");
        var root = Directory.CreateDirectory(Path.Combine(arguments.Directory, $"large-state-{Environment.ProcessId}")).FullName;
        try
        {
            return await new LargeStateBenchmark(arguments, root).MeasureAsync(stop);
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    private async Task<int> MeasureAsync(CancellationToken stop)
    {
        Console.WriteLine($"Three nodes in one process, each with a state of {arguments.SizeMebibytes} MiB.");
        Console.WriteLine("Latencies are in ms, memory in MiB. The heap is that after a collection.");
        Console.WriteLine();
        Console.WriteLine("| phase | seconds | appends | p50 | p99 | max | peak resident | peak heap |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|");
        foreach (var port in _ports)
        {
            Start(port);
        }

        await Task.WhenAll(_nodes.Values.Select(node => node.Ready.Task)).WaitAsync(WaitMax, stop);
        var leader = _nodes[_ports[0]].Actor;
        LargeStatePhase[] phases =
            [new("appends alone"), new("taken and stored by three"), new("taken in turns"), new("sent and restored")];
        await AppendAsync(leader, PairsBefore, 1, stop);
        await phases[0].RunAsync(leader, arguments.Clients, () => Task.Delay(TimeSpan.FromSeconds(arguments.Seconds), stop));
        await phases[1].RunAsync(leader, arguments.Clients, () => TakeAsync(stop));
        if (arguments.InTurns)
        {
            // Nearly all that makes the next snapshot due.
            await AppendAsync(leader, Math.Max(AfterBytes, (long)arguments.SizeMebibytes << 19) / GrowthValueSize, GrowthValueSize, stop);
            await phases[2].RunAsync(leader, arguments.Clients, () => ReplaceAsync(stop));
        }

        await phases[3].RunAsync(leader, arguments.Clients, () => WipeAsync(_ports[2], stop));
        await Task.WhenAll(_nodes.Values.Select(node => node.System.Terminate()));
        var heap = phases.Max(phase => phase.HeapBytes) >> 20;
        if (heap > arguments.HeapMaxMebibytes)
        {
            await Console.Error.WriteLineAsync($"The heap had {heap} MiB, more than --heap-max {arguments.HeapMaxMebibytes}.");
            return 1;
        }

        return 0;
    }

    private async Task TakeAsync(CancellationToken stop)
    {
        foreach (var node in _nodes.Values)
        {
            node.Actor.Tell(new LargeStateActor.Snap());
        }

        await WaitAsync(() => _ports.All(port => Snapshots(port).Any()), stop);
    }

    private Task ReplaceAsync(CancellationToken stop)
    {
        var before = _ports.SelectMany(Snapshots).ToHashSet();
        return WaitAsync(() => _ports.All(port => Snapshots(port).Except(before).Any()), stop);
    }

    private Task AppendAsync(IActorRef leader, long count, int valueSize, CancellationToken stop)
    {
        var left = count;
        return Task.WhenAll(Enumerable.Range(0, arguments.Clients).Select(async _ =>
        {
            while (Interlocked.Decrement(ref left) > 0)
            {
                stop.ThrowIfCancellationRequested();
                (await leader.Ask<Outcome<long>>(new byte[valueSize], WaitMax)).OrThrow();
            }
        }));
    }

    private static async Task WaitAsync(Func<bool> condition, CancellationToken stop)
    {
        while (!condition())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), stop);
        }
    }

    private async Task WipeAsync(string port, CancellationToken stop)
    {
        await _nodes[port].System.Terminate();
        Directory.Delete(FolderOf(port), recursive: true);
        await Start(port).Restored.Task.WaitAsync(WaitMax, stop);
    }

    private IEnumerable<string> Snapshots(string port) =>
        Directory.EnumerateFiles(FolderOf(port), "*.snap", SearchOption.AllDirectories);

    private string FolderOf(string port) => Path.Combine(root, port);

    private Node Start(string port)
    {
        var system = NodeSystem.Create(_settings, port, _ports, FolderOf(port));
        var (ready, restored) = (new TaskCompletionSource(), new TaskCompletionSource<long>());
        var size = (long)arguments.SizeMebibytes << 20;
        var actor = system.ActorOf(Props.Create(() => new LargeStateActor(size, ready, restored)), "raft");
        return _nodes[port] = new Node(system, actor, ready, restored);
    }

    private sealed record Node(ActorSystem System, IActorRef Actor, TaskCompletionSource Ready, TaskCompletionSource<long> Restored);
}

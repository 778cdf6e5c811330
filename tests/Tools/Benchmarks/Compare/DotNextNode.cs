using System.Net;
using System.Text.RegularExpressions;

using DotNext.Net.Cluster;
using DotNext.Net.Cluster.Consensus.Raft;
using DotNext.Net.Cluster.Consensus.Raft.Membership;
using DotNext.Net.Cluster.Consensus.Raft.StateMachine;

using LogEntry = DotNext.Net.Cluster.Consensus.Raft.StateMachine.LogEntry;

namespace RaftActors.Benchmarks.Compare;

/// <summary>
/// A child process with one node of dotNext, or with all three. It speaks the protocol of <see cref="ClusterNode"/>. A client appends at
/// the node that leads in this process.
/// </summary>
internal sealed class DotNextNode
{
    public const string Verb = "dotnext-node";

    // A chunk is a file. The default of 4 KiB would make a new file every sixteen values.
    private const int ChunkSize = 1 << 24;

    // RaftActors' defaults. The heartbeat interval of dotNext is half the lower timeout.
    private const int LowerElectionTimeout = 1000;
    private const int UpperElectionTimeout = 2000;

    // A log maps a file for each 64 entries, and keeps it open. Other files and connections get the rest.
    private const int EntriesOfFile = 64;
    private const int OtherFiles = 500;

    private static readonly TimeSpan BarrierTime = TimeSpan.FromSeconds(30);

    private volatile RaftCluster? _leader;
    private long _entriesMax;

    /// <summary>The library and its version.</summary>
    public static string Name => $"dotNext {typeof(RaftCluster).Assembly.GetName().Version?.ToString(3)}";

    /// <param name="arguments">The ports of all nodes, those of this process, and the folder of the logs.</param>
    public static async Task<int> RunAsync(string[] arguments)
    {
        var (all, own, folder) = (arguments[0].Split(','), arguments[1].Split(','), arguments[2]);
        var process = new DotNextNode { _entriesMax = (FilesMax - OtherFiles) / own.Length * EntriesOfFile };
        foreach (var port in own)
        {
            await process.StartAsync(port, all, Path.Combine(folder, port));
        }

        // A load does not hold up the commands after it. The parent kills this process, so the nodes need no orderly stop.
        while (await Console.In.ReadLineAsync() is { } line)
        {
            _ = process.DoAsync(line.Split(' '));
        }

        return 0;
    }

    private async Task StartAsync(string port, string[] all, string folder)
    {
        var settings = new RaftCluster.TcpConfiguration(AddressOf(port))
        {
            // Null: a list of members in memory. Here it never changes.
            ConfigurationStorage = null,
            ColdStart = false,
            LowerElectionTimeout = LowerElectionTimeout,
            UpperElectionTimeout = UpperElectionTimeout,
        };
        var members = ((InMemoryClusterConfigurationStorage<EndPoint>)settings.ConfigurationStorage!).CreateInitialConfigurationBuilder();
        members.UnionWith(all.Select(AddressOf));
        members.Build();
        var cluster = new RaftCluster(settings)
        {
            AuditTrail = new WriteAheadLog(new WriteAheadLog.Options { Location = folder, ChunkSize = ChunkSize }, new Counting()),
        };
        cluster.LeaderChanged += (changed, leader) =>
        {
            if (leader is { IsRemote: false })
            {
                _ = OnLeadsAsync(cluster);
            }
        };
        await cluster.StartAsync();
    }

    private async Task OnLeadsAsync(RaftCluster cluster)
    {
        using var limit = new CancellationTokenSource(BarrierTime);
        await cluster.ReplicateAsync(ReadOnlyMemory<byte>.Empty, token: limit.Token);
        _leader = cluster;
        Console.WriteLine("leads");
    }

    private async Task DoAsync(string[] words)
    {
        switch (words)
        {
            case ["read"]:
                Console.WriteLine($"counters {NodeCounters.Now}");
                break;
            case ["load", _, var clients, var payload, var warmUp, var seconds]:
                var loop = new ClosedLoop(Number(clients), Seconds(warmUp));
                var load = await loop.RunAsync(
                    Seconds(seconds), (_, client) => Task.Run(() => AppendAsync(loop, client, Number(payload))));
                Console.WriteLine(load.Line);
                break;
            case ["load", _, var callers, var payload, var warmUp, var seconds, var rate]:
                var open = new OpenLoop(Number(callers), Number(payload), Number(rate), Seconds(warmUp));
                var result = await open.RunAsync(Seconds(seconds), (_, value) => new(Task.Run(() => AppendAsync(value).AsTask())));
                Console.WriteLine(result.Line);
                break;
        }
    }

    private async Task AppendAsync(ClosedLoop loop, byte client, int payload)
    {
        var value = ClosedLoop.ValueOf(client, payload);
        while (!loop.IsStopping)
        {
            var start = Stopwatch.GetTimestamp();
            loop.Count(start, await AppendAsync(value));
        }
    }

    // It completes when this node has applied the value.
    private async ValueTask<bool> AppendAsync(byte[] value)
    {
        if (_leader!.AuditTrail.LastEntryIndex > _entriesMax)
        {
            // Beyond the limit its calls fail or never end.
            Console.Error.WriteLine(
                $"dotNext cannot write more than {_entriesMax} entries here: a node keeps a mapped file open for each {EntriesOfFile}, "
                + $"and a process may have {FilesMax}. Raise ulimit -n and vm.max_map_count, or give fewer --seconds and --warm-up.");
            Environment.Exit(1);
        }

        try
        {
            await _leader!.ReplicateAsync(value);
            return true;
        }
        catch (Exception exception) when (exception is InvalidOperationException or OperationCanceledException)
        {
            return false;
        }
    }

    // .NET has raised the soft limit of open files to the hard one. A word in place of the number: there is none.
    private static int FilesMax => Math.Min(
        Regex.Match(File.ReadAllText("/proc/self/limits"), @"Max open files +(\d+)") is { Success: true } open
            ? Number(open.Groups[1].Value)
            : int.MaxValue,
        Number(File.ReadAllText("/proc/sys/vm/max_map_count")));

    private static IPEndPoint AddressOf(string port) => new(IPAddress.Loopback, Number(port));

    private static TimeSpan Seconds(string word) => TimeSpan.FromSeconds(double.Parse(word, CultureInfo.InvariantCulture));

    private static int Number(string word) => int.Parse(word, CultureInfo.InvariantCulture);

    /// <summary>Counts the values and adds up their first bytes. Takes no snapshots.</summary>
    private sealed class Counting : IStateMachine
    {
        private int _count;
        private long _sum;

        public ISnapshot? Snapshot => null;

        public ValueTask ReclaimGarbageAsync(long watermark, CancellationToken token) => ValueTask.CompletedTask;

        public ValueTask<long> ApplyAsync(LogEntry entry, CancellationToken token)
        {
            if (entry.TryGetPayload(out var payload) && !payload.IsEmpty)
            {
                _count++;
                _sum += payload.FirstSpan[0];
            }

            return ValueTask.FromResult(entry.Index);
        }
    }
}

using Akka.Actor;
using Akka.Configuration;

namespace RaftActors.Benchmarks.Actors;

/// <summary>A group of three processes: in one actor system, or in three systems that communicate over TCP.</summary>
internal sealed class BenchmarkGroup : IDisposable
{
    private const string Shared =
        """
        akka.loglevel = WARNING
        akka.stdout-loglevel = WARNING
        akka.log-dead-letters = off
        akka.coordinated-shutdown.run-by-clr-shutdown-hook = off
        raft { append-timeout = 60s, query-timeout = 60s, transfer-timeout = 5s }
        """;

    private readonly List<ActorSystem> _systems = [];

    private BenchmarkGroup()
    {
    }

    public List<IActorRef> Actors { get; } = [];

    /// <summary>One task for each process, which completes when the process knows a leader.</summary>
    public List<Task> Ready { get; } = [];

    public static BenchmarkGroup InOneSystem(string? directory)
    {
        string[] processes = ["raft1", "raft2", "raft3"];
        var group = new BenchmarkGroup();
        group.Start(
            $"""
            raft.node = "node"
            raft.roster = [{string.Join(", ", processes.Select(process => $"\"{process}@node\""))}]
            {StoreIn(directory)}
            """,
            processes);
        return group;
    }

    /// <summary>Creates three systems that communicate over TCP.</summary>
    public static BenchmarkGroup OverTcp(string? directory)
    {
        var ports = FreePorts.Take(3);
        var roster = string.Join(", ", ports.Select(port => $"\"raft@:{port}\""));
        var group = new BenchmarkGroup();
        foreach (var port in ports)
        {
            group.Start(
                $$"""
                akka.actor.provider = remote
                akka.remote.dot-netty.tcp { hostname = "127.0.0.1", port = {{port}} }
                raft { node = ":{{port}}", roster = [{{roster}}], discovery = node-names }
                {{StoreIn(directory is null ? null : Path.Combine(directory, $"{port}"))}}
                """,
                ["raft"]);
        }

        return group;
    }

    public ActorSystem SystemOf(int place) => _systems[Math.Min(place, _systems.Count - 1)];

    /// <summary>Index of the leader among the actors.</summary>
    public int FindLeader() => Actors.FindIndex(actor => actor.Ask<bool>(BenchmarkActor.IsLeader.Instance).Result);

    public void Dispose() => Task.WaitAll([.. _systems.Select(system => system.Terminate())]);

    private static string StoreIn(string? directory) => directory is null ? "" : $"raft.store.directory = \"{directory}\"";

    private void Start(string config, string[] processes)
    {
        var system = ActorSystem.Create("benchmark", ConfigurationFactory.ParseString(config).WithFallback(Shared));
        _systems.Add(system);
        foreach (var process in processes)
        {
            var isReady = new TaskCompletionSource();
            Actors.Add(system.ActorOf(Props.Create(() => new BenchmarkActor(isReady)), process));
            Ready.Add(isReady.Task);
        }
    }
}

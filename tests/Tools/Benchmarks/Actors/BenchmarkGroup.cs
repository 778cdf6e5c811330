namespace RaftActors.Benchmarks.Actors;

/// <summary>A group of three processes in one actor system.</summary>
internal sealed class BenchmarkGroup : IDisposable
{
    private static readonly string[] Processes = ["raft1", "raft2", "raft3"];

    /// <param name="directory">The folder of the stores. Null: they are in memory.</param>
    public BenchmarkGroup(string? directory)
    {
        System = ActorSystem.Create("benchmark", ConfigurationFactory.ParseString(
            $$"""
            akka.loglevel = WARNING
            akka.stdout-loglevel = WARNING
            akka.log-dead-letters = off
            akka.coordinated-shutdown.run-by-clr-shutdown-hook = off
            raft {
              node = "node"
              group = default
              roster = [{{string.Join(", ", Processes.Select(process => $"\"{process}@node\""))}}]
              {{(directory is null ? "" : $"store.directory = \"{directory}\"")}}
              append-timeout = 60s
              query-timeout = 60s
              transfer-timeout = 5s
            }
            """));
        foreach (var process in Processes)
        {
            var isReady = new TaskCompletionSource();
            Actors.Add(System.ActorOf(Props.Create(() => new BenchmarkActor(isReady)), process));
            Ready.Add(isReady.Task);
        }
    }

    public ActorSystem System { get; }

    public List<IActorRef> Actors { get; } = [];

    /// <summary>One task for each process, which completes when the process knows a leader.</summary>
    public List<Task> Ready { get; } = [];

    /// <summary>Index of the leader among the actors.</summary>
    public int FindLeader() => Actors.FindIndex(actor => actor.Ask<bool>(BenchmarkActor.IsLeader.Instance).Result);

    public void Dispose() => System.Terminate().Wait();
}

using Akka.Actor;
using Akka.Configuration;

using RaftActors;

namespace Maelstrom;

/// <summary>The running raft of one node: an actor system without remoting, and one raft actor.</summary>
internal sealed class RaftNode
{
    private const string ProcessName = "store";

    // Maelstrom's default latency is below 10 ms, and its usual tests have up to 100. An election takes two round trips.
    private const string Shared =
        """
        akka {
          stdout-loglevel = OFF
          loglevel = INFO
          loggers = ["Maelstrom.ErrorLog, Maelstrom"]
          log-dead-letters = off
          # A signal ends the program. With this hook it would stop the actor system only.
          coordinated-shutdown.run-by-clr-shutdown-hook = off
        }
        raft {
          transport = custom
          group = "maelstrom"
          quorum.allow-fewer-than-three = on
          tick-interval = 20ms
          heartbeat-interval = 150ms
          election-timeout { min = 800ms, max = 1600ms }
          founding-timeout = 3s
          append-timeout = 5s
          query-timeout = 5s
          snapshot.after-entries = 2000
          snapshot.retained-entries = 500
          store.free-space-floor = 0b
          store.segment-size = 4MiB
        }
        """;

    private readonly ActorSystem _system;

    private RaftNode(ActorSystem system, MaelstromTransport transport)
    {
        (_system, Transport) = (system, transport);
        Store = system.ActorOf(Props.Create(() => new StoreActor()), ProcessName);
    }

    public MaelstromTransport Transport { get; }

    /// <summary>Takes the operations of clients; see <see cref="StoreActor"/>.</summary>
    public IActorRef Store { get; }

    /// <param name="self">The id of this node.</param>
    /// <param name="nodes">The ids of all nodes.</param>
    /// <param name="folder">The folder of the log; null: the log is in memory.</param>
    /// <param name="write">Writes a line to Maelstrom.</param>
    /// <exception cref="StartException">A name cannot be used.</exception>
    public static RaftNode Start(string self, IReadOnlyList<string> nodes, string? folder, Action<string> write)
    {
        var roster = string.Join(", ", nodes.Select(node => Quote($"{ProcessName}@{node}")));
        var directory = string.IsNullOrEmpty(folder) ? "" : Path.Combine(folder, "raft");
        var own = $"raft {{ node = {Quote(self)}, roster = [{roster}], store.directory = {Quote(directory)} }}";
        var system = ActorSystem.Create("maelstrom", ConfigurationFactory.ParseString(own).WithFallback(Shared));
        system.EventStream.Subscribe(system.ActorOf(Props.Create(() => new Watchdog()), "watchdog"), typeof(RaftEvent));
        try
        {
            var transport = new MaelstromTransport(self, write);
            Raft.Get(system).UseTransport(transport);
            return new RaftNode(system, transport);
        }
        catch (RaftConfigurationException e)
        {
            throw new StartException($"raft cannot start: {e.Message}");
        }
    }

    public Task StopAsync() => _system.Terminate();

    private static string Quote(string text) => $"\"{text.Replace("\\", "\\\\").Replace("\"", "\\\"")}\"";

    /// <summary>Ends the program when raft cannot go on: Maelstrom then reports the node as dead, with its log.</summary>
    private sealed class Watchdog : ReceiveActor
    {
        public Watchdog()
        {
            Receive<RaftEvent.StartFailed>(failed => Exit(failed.Cause.Message));
            Receive<RaftEvent.Stopped>(stopped => Exit(stopped.Detail));
            Receive<RaftEvent.Fenced>(fenced => Exit(fenced.Detail));
        }

        private static void Exit(string why)
        {
            Console.Error.WriteLine($"Maelstrom: raft has stopped: {why}");
            Environment.Exit(1);
        }
    }
}

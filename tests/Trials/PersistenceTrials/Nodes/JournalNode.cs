using System.CommandLine;
using System.Runtime.InteropServices;
using System.Text.Json;

using Akka.Actor;
using Akka.Configuration;
using Akka.Persistence.Query;
using Akka.Streams;
using Akka.Streams.Dsl;

using RaftActors;
using RaftActors.Persistence;
using RaftActors.Persistence.Query;

namespace PersistenceTrials.Nodes;

/// <summary>A node of the journal as a process, or a client of it that reads all events.</summary>
/// <param name="Ports">Of all nodes. The port of the client is not among them.</param>
/// <param name="Directory">For the files of this node.</param>
/// <param name="Writers">The number of persistent actors at work at a time.</param>
internal sealed record JournalNode(int Port, IReadOnlyList<int> Ports, string Directory, int Writers)
{
    public const string Verb = "node";
    public const string Ready = "ready";
    public const string Leads = "leads";

    /// <summary>A process whose disk is empty takes the place of the one that it was.</summary>
    public const string Exchanged = "exchanged";

    /// <summary>The mark of a line that has a persistence id, a sequence number and an event.</summary>
    public const string Event = "event";

    private const int Ids = 1000;

    /// <summary>The hidden command of a node. Its argument is a <see cref="JournalNode"/>.</summary>
    public static Command Command()
    {
        Argument<string> settings = new("settings");
        Command node = new(Verb) { settings };
        node.Hidden = true;
        node.SetAction((parsed, _) => JsonSerializer.Deserialize<JournalNode>(parsed.GetRequiredValue(settings))!.Run());
        return node;
    }

    public static string IdOf(int number) => $"account-{number}";

    // Runs until SIGTERM, or until its input ends.
    private async Task<int> Run()
    {
        using var system = ActorSystem.Create("journal", Config());
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal =>
        {
            signal.Cancel = true;
            _ = system.Terminate();
        });

        // This program must not outlive the trial.
        _ = Task.Run(() =>
        {
            Console.In.ReadToEnd();
            Environment.Exit(0);
        });
        system.EventStream.Subscribe(system.ActorOf(Props.Create(() => new Teller())), typeof(RaftEvent));
        RaftPersistence.Get(system);
        if (!Ports.Contains(Port))
        {
            await ReadAll(system);
            await system.Terminate();
            return 0;
        }

        system.ActorOf(Props.Create(() => new WriterPool(Writers, Ids)));
        Console.WriteLine(Ready);
        await system.WhenTerminated;
        return 0;
    }

    private static async Task ReadAll(ActorSystem system)
    {
        var journal = system.ReadJournalFor<RaftReadJournal>(RaftReadJournal.Identifier);
        using var materializer = system.Materializer();
        for (var number = 0; number < Ids; number++)
        {
            await journal.CurrentEventsByPersistenceId(IdOf(number), 0, long.MaxValue).RunForeach(
                each => Console.WriteLine($"{Event} {each.PersistenceId} {each.SequenceNr} {each.Event}"), materializer);
        }
    }

    private Config Config() => ConfigurationFactory.ParseString(
        $$"""
        akka {
          loglevel = OFF
          log-dead-letters = off
          actor.provider = remote
          remote.dot-netty.tcp { hostname = "127.0.0.1", port = {{Port}} }
          persistence {
            journal.plugin = "akka.persistence.journal.raft"
            snapshot-store.plugin = "akka.persistence.snapshot-store.raft"
          }
        }
        raft {
          nodes = [{{string.Join(", ", Ports.Select(port => $"\"127.0.0.1:{port}\""))}}]
          discovery = node-names
          store.directory = "{{Directory}}"
          snapshot.after-entries = 20000
        }
        """).WithFallback(RaftPersistence.DefaultConfig());

    /// <summary>Says that this node leads now, and that it has decided to exchange a voter.</summary>
    private sealed class Teller : ReceiveActor
    {
        public Teller()
        {
            var node = Raft.Get(Context.System).Node;
            Receive<RaftEvent.MembersDecided>(
                told => told.Promoted.Intersect(told.Demoted).Any(), _ => Console.WriteLine(Exchanged));
            Receive<RaftEvent.LeaderChanged>(told =>
            {
                if (told.Leader?.Node == node)
                {
                    Console.WriteLine(Leads);
                }
            });
        }
    }
}

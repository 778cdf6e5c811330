using Akka.Actor;

using RaftActors.Core;
using RaftActors.Persistence;
using RaftActors.Testing.Simulation;

namespace RaftActors.Simulator.Actors.Persistence;

/// <summary>
/// Persistent actors of Akka.Persistence on the journal and the snapshot store of RaftActors.Persistence, on the nodes of its group and on
/// another one. Several incarnations of an actor often run at once. Programs read the journal by queries, and move the leadership.
/// </summary>
internal static class PersistenceWorkload
{
    private static readonly TimeSpan FaultsLast = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan ChangeTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private const int Clients = 3;

    public const string Group = "persistence-0";

    // The plugins run as turns of the simulation. Their circuit breakers measure by the clock of the machine, so they never open.
    private const string Settings =
        """
        akka.persistence {
          journal.plugin = "akka.persistence.journal.raft"
          journal.raft {
            plugin-dispatcher = "akka.actor.default-dispatcher"
            circuit-breaker.call-timeout = 5m
          }
          snapshot-store.plugin = "akka.persistence.snapshot-store.raft"
          snapshot-store.raft {
            plugin-dispatcher = "akka.actor.default-dispatcher"
            circuit-breaker { max-failures = 1000000000, call-timeout = 5m }
          }
        }
        raft-persistence { call-timeout = 3s, page-size = 1KiB, write-size-max = 2KiB }
        raft {
          snapshot { after-entries = 40, retained-entries = 10 }
          client.attempt-timeout = 100ms
        }
        """;

    public static void SetUp(long seed, RaftSimulation simulation)
    {
        var nodes = 3 + (int)(seed % 3);
        Prng prng = new((ulong)seed);
        JournalLedger ledger = new(prng, nodes + 1);
        simulation
            .Nodes(nodes)
            .Actor(node => new JournalHost($"n{node + 1}", ledger), Group)
            .Config(Settings)
            .Config($"raft-persistence.directory = \"{EventFolder.Next()}\"")
            .For(FaultsLast)
            .Clients(Clients, client =>
            {
                // The plugins continue where their answers arrive, so that these programs need no context of their own.
                SynchronizationContext.SetSynchronizationContext(null);
                RaftPersistence.Get(client.System);
                return client.Number switch
                {
                    0 => OperateAsync(client, ledger),
                    1 => WriteAsync(client, ledger),
                    _ => new JournalReader(client, ledger).RunAsync(),
                };
            })
            .Always("the journal keeps its promises", _ => ledger.Broken is null ? true : throw new InvalidDataException(ledger.Broken))
            .Eventually("no actor that was replaced has written on", _ =>
            {
                foreach (var stream in ledger.Streams)
                {
                    stream.Check();
                }

                return true;
            });
    }

    // Ends only if the group still works.
    private static async Task OperateAsync(SimulatedClient client, JournalLedger ledger)
    {
        await using var group = Raft.Get(client.System).CreateClient(Group);
        while (client.Now < FaultsLast)
        {
            await client.Delay(TimeSpan.FromMilliseconds(client.Next(3000)));
            await group.TransferLeadershipAsync(timeout: ChangeTimeout);
        }

        var goals = ledger.Streams.ToDictionary(stream => stream, stream => stream.Highest);
        while (goals.Any(goal => goal.Key.Highest <= goal.Value))
        {
            await client.Delay(Pause);
        }

        ledger.IsOver = true;
        while (!ledger.IsRead)
        {
            await client.Delay(Pause);
        }

        client.Trace($"{ledger.Counts}");
    }

    // Persistent actors on a node that has no process of the group.
    private static async Task WriteAsync(SimulatedClient client, JournalLedger ledger)
    {
        client.System.ActorOf(Props.Create<JournalHost>($"c{client.Number + 1}", ledger));
        while (!ledger.IsRead)
        {
            await client.Delay(Pause);
        }
    }
}

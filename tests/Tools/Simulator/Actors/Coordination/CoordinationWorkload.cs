using RaftActors.Core;
using RaftActors.Testing.Simulation;

namespace RaftActors.Simulator.Actors.Coordination;

/// <summary>
/// Programs use the locks, semaphores, elections, items and counters of RaftActors.Coordination, on the nodes of its group and on others.
/// </summary>
internal static class CoordinationWorkload
{
    private static readonly TimeSpan FaultsLast = TimeSpan.FromSeconds(20);

    private const int Clients = 4;

    // The shortest session, so that many are lost in a run.
    private const string Settings =
        """
        raft-coordination { session-timeout = 1s, renew-interval = 200ms }
        raft {
          snapshot { after-entries = 50, retained-entries = 10 }
          client.attempt-timeout = 100ms
        }
        """;

    public static void SetUp(long seed, RaftSimulation simulation)
    {
        var (nodes, ended) = (3 + (int)(seed % 3), 0);
        Prng prng = new((ulong)seed);
        LockLedger locks = new();
        ItemCalls items = new();
        simulation
            .Nodes(nodes)
            .Actor(node => new Candidate(node, locks, prng), "coordination")
            .Config(Settings)
            .For(FaultsLast)
            .Clients(Clients, async client =>
            {
                // The coordination continues where its answers arrive, so that this program needs no context of its own.
                SynchronizationContext.SetSynchronizationContext(null);
                if (client.Number == 0)
                {
                    await new CoordinationWatcher(client, locks, nodes).RunAsync(FaultsLast, () => ended == Clients - 1);
                    return;
                }

                await new CoordinationUser(client, locks, items).RunAsync(FaultsLast);
                ended++;
            })
            .Always("locks are exclusive", view =>
            {
                var areExclusive = locks.AreExclusive(by => view.Actors<Candidate>().Contains(by));
                return locks.Broken is null ? areExclusive : throw new InvalidDataException(locks.Broken);
            })
            .Eventually("the items are linearizable", _ =>
            {
                items.Check();
                return true;
            });
    }
}

using RaftActors.Coordination;
using RaftActors.Testing.Simulation;

namespace RaftActors.Simulator.Actors;

/// <summary>
/// Programs and actors share locks, a counter and items by the coordination, whose group runs on three to five nodes. Nodes crash with the
/// locks that their actors hold.
/// </summary>
internal static class CoordinationWorkload
{
    public static readonly TimeSpan FaultsLast = TimeSpan.FromSeconds(20);

    public static readonly string[] Locks = ["a", "b", "c"];

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
        CoordinationBook book = new();
        Random random = new((int)seed);
        simulation
            .Nodes(3 + (int)(seed % 3))
            .Actor(() => new LockingActor(book, random.Next), "coordination")
            .Config(Settings)
            .For(FaultsLast)
            .Clients(3, client => new CoordinationProgram(client, book).RunAsync());
    }
}

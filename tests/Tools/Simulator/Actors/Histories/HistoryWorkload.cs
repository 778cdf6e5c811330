using RaftActors.Testing.History;
using RaftActors.Testing.Simulation;

namespace RaftActors.Simulator.Actors.Histories;

/// <summary>Programs call the state machine of an example or a demo. What they were told must be linearizable.</summary>
internal static class HistoryWorkload
{
    /// <summary>The number of programs.</summary>
    public const int Clients = 4;

    // A check that gives up has no verdict, and fails the run.
    private const int PlacesMax = 2_000_000;

    // Few entries are kept, so a process that lags gets a snapshot.
    private const string Settings =
        """
        raft {
          snapshot { after-entries = 20, retained-entries = 5 }
          client.attempt-timeout = 100ms
        }
        """;

    /// <summary>Sets up what all of these workloads share. The caller adds the actors.</summary>
    /// <param name="use">The program of each client.</param>
    public static RaftSimulation SetUp<TState, TInput, TOutput>(
        long seed,
        RaftSimulation simulation,
        SequentialModel<TState, TInput, TOutput> model,
        Func<SimulatedClient, OperationHistory<TInput, TOutput>, Task> use)
        where TInput : notnull
    {
        OperationHistory<TInput, TOutput> history = new();
        return simulation
            .Nodes(3 + (int)(seed % 3))
            .Config(Settings)
            .Clients(Clients, client => use(client, history))
            .Eventually("the history is linearizable", _ =>
            {
                return history.FindFault(model, PlacesMax) is { } fault ? throw new InvalidDataException(fault) : true;
            });
    }
}

using RaftActors.Simulator.Actors.Coordination;
using RaftActors.Simulator.Actors.Histories;
using RaftActors.Simulator.Actors.Persistence;
using RaftActors.Testing.Simulation;

namespace RaftActors.Simulator.Actors;

/// <summary>The workloads of simulated actors. The seed decides which one runs, unless one is named.</summary>
internal static class ActorWorkloads
{
    private static readonly Dictionary<string, Action<long, RaftSimulation>> All = new()
    {
        ["sums"] = SumsWorkload.SetUp,
        ["entities"] = EntitiesWorkload.SetUp,
        ["coordination"] = CoordinationWorkload.SetUp,
        ["ledger"] = LedgerWorkload.SetUp,
        ["key-value"] = KeyValueWorkload.SetUp,
        ["fetch"] = FetchWorkload.SetUp,
        ["reminders"] = RemindersWorkload.SetUp,
        ["persistence"] = PersistenceWorkload.SetUp,
        ["fifty-nodes"] = FiftyNodesWorkload.SetUp,
    };

    // Most odd seeds have the sums, which use most of the engine. The even ones share the rest, by the remainder of the seed.
    private static readonly string[] OfEvenSeeds =
        ["entities", "coordination", "key-value", "coordination", "entities", "ledger", "persistence", "coordination"];

    public static IReadOnlyCollection<string> Names => All.Keys;

    /// <summary>Runs a seed.</summary>
    /// <param name="workload">The name of the workload; null: the seed decides.</param>
    /// <exception cref="SimulationException">The seed fails.</exception>
    public static SimulationResult Run(long seed, string? workload = null) =>
        RaftSimulation.Run(seed, simulation => SetUp(seed, workload, simulation));

    /// <summary>Runs a seed. If it fails, it is not run again with fewer faults.</summary>
    /// <param name="workload">As above.</param>
    /// <param name="trace">Gets a line for each event; null: nobody reads them.</param>
    /// <exception cref="SimulationException">The seed fails.</exception>
    public static SimulationResult RunOnce(long seed, string? workload = null, TextWriter? trace = null)
    {
        World world = new(seed);
        world.Trace.Output = trace;
        var simulation = RaftSimulation.Of(simulation => SetUp(seed, workload, simulation));
        return simulation.RunOnce(world, PlannedFault.Plan(seed, simulation.Kinds, simulation.NodeCount, simulation.Duration));
    }

    private static void SetUp(long seed, string? workload, RaftSimulation simulation) => All[workload ?? NameOf(seed)](seed, simulation);

    private static string NameOf(long seed) => (seed % 16) switch
    {
        7 => "reminders",
        15 => "fetch",
        var rest => rest % 2 == 1 ? "sums" : OfEvenSeeds[rest / 2],
    };
}

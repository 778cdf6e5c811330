namespace RaftActors.Testing.Simulation;

/// <summary>Runs a seed. If it fails, finds the fewest faults with which it still fails in the same way.</summary>
/// <param name="make">Makes the simulation anew for each run.</param>
internal sealed class SimulationShrinker(long seed, Func<RaftSimulation> make)
{
    private const int EventsShown = 40;
    private const int MessagesShown = 20;
    private const int LinesBeforeDifference = 10;
    private const long RepeatEvery = 10;

    public SimulationResult Run()
    {
        var simulation = make();
        var plan = PlannedFault.Plan(seed, simulation.Kinds, simulation.NodeCount, simulation.Duration);
        World world = new(seed);
        var (result, failure) = Run(simulation, world, plan);
        // Replicas that differ in one run tell more than two runs that differ, and often cause it.
        if (failure is null ? seed % RepeatEvery == 1 : failure.Kind is not ("escape" or "results" or "states"))
        {
            Repeat(plan, world.Trace);
        }

        return result ?? throw Explain(Shrink(plan, failure!), failure!); // Justification: one of them is not null.
    }

    /// <summary>Runs the seed again.</summary>
    /// <exception cref="SimulationException">The two runs differ.</exception>
    private void Repeat(List<PlannedFault> plan, Trace first)
    {
        World world = new(seed, first);
        world.Trace.IsKept = true;
        var simulation = make();
        var (_, failure) = Run(simulation, world, plan);
        if (world.Trace.Hash == first.Hash)
        {
            return;
        }

        throw new SimulationException(
            "repeat",
            $"Seed {seed} cannot be repeated: its second run differs from the first one"
                + (failure is { Kind: "repeat" } ? $", {failure.Message}.\n" : ".\n")
                + "Something in the actors or programs depends on the machine, as its clock, Guid.NewGuid, Random.Shared, or the hash of a "
                + "string or object do. Take the time from the actor's scheduler, and random numbers from a Random with a seed.\n"
                + UnseededCalls.Describe([.. simulation.UserTypes])
                + $"The last events:\n{string.Join("\n", world.Trace.Lines.TakeLast(LinesBeforeDifference))}");
    }

    private IReadOnlyList<PlannedFault> Shrink(List<PlannedFault> plan, SimulationException failure)
    {
        for (var size = Math.Max(1, plan.Count / 2); size > 0; size /= 2)
        {
            for (var at = 0; at + size <= plan.Count;)
            {
                List<PlannedFault> fewer = [.. plan[..at], .. plan[(at + size)..]];
                if (Fail(new World(seed), fewer)?.Kind == failure.Kind)
                {
                    plan = fewer;
                }
                else
                {
                    at += size;
                }
            }
        }

        return plan;
    }

    private SimulationException Explain(IReadOnlyList<PlannedFault> plan, SimulationException first)
    {
        World world = new(seed);
        world.Trace.IsKept = true;
        var failure = Fail(world, plan) ?? first;
        var faults = plan.Count == 0 ? "  none" : string.Join("\n", plan);
        return new SimulationException(
            failure.Kind,
            $"Seed {seed} fails: {failure.Message}.\nIt takes these faults:\n{faults}\nWhat happened:\n"
                + string.Join("\n", world.Trace.Story.TakeLast(EventsShown))
                + (failure.IsLate ? "" : $"\nThe last messages:\n{string.Join("\n", world.Trace.Lines.TakeLast(MessagesShown))}"),
            failure.InnerException);
    }

    private SimulationException? Fail(World world, IReadOnlyList<PlannedFault> plan) => Run(make(), world, plan).Failure;

    private static (SimulationResult? Result, SimulationException? Failure) Run(
        RaftSimulation simulation, World world, IReadOnlyList<PlannedFault> plan)
    {
        try
        {
            return (simulation.RunOnce(world, plan), null);
        }
        catch (SimulationException failure)
        {
            return (null, failure);
        }
    }
}

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
        if (failure is null ? seed % RepeatEvery == 1 : failure is { Actor: null, Kind: not "escape" })
        {
            Repeat(plan, world.Trace);
        }

        return result ?? throw Explain(Shrink(plan, failure!, world.Trace)); // Justification: one of them is not null.
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

        // Code that leaves the simulation's thread may do so late enough in the first run that the run ends before.
        if (failure is { Kind: "escape" })
        {
            throw Explain((plan, failure, world.Trace));
        }

        throw new SimulationException(
            "repeat",
            $"Seed {seed} cannot be repeated: its second run differs from the first one"
                + (failure is { Kind: "repeat" } ? $", {failure.Message}.\n" : ".\n")
                + "Something in the actors or programs depends on the machine, as its clock, Guid.NewGuid, Random.Shared, or the hash of a "
                + "string or object do. Take the time from the actor's scheduler, and random numbers from a Random with a seed.\n"
                + UnseededCalls.Describe(UnseededCalls.In([.. simulation.UserTypes]))
                + $"The last events:\n{string.Join("\n", world.Trace.Lines.TakeLast(LinesBeforeDifference))}");
    }

    private (List<PlannedFault> Plan, SimulationException Failure, Trace Trace) Shrink(
        List<PlannedFault> plan, SimulationException failure, Trace trace)
    {
        for (var size = Math.Max(1, plan.Count / 2); size > 0; size /= 2)
        {
            for (var at = 0; at + size <= plan.Count;)
            {
                List<PlannedFault> fewer = [.. plan[..at], .. plan[(at + size)..]];
                World world = new(seed);
                if (Fail(world, fewer) is { } same && same.Kind == failure.Kind)
                {
                    (plan, failure, trace) = (fewer, same, world.Trace);
                }
                else
                {
                    at += size;
                }
            }
        }

        return (plan, failure, trace);
    }

    private SimulationException Explain((List<PlannedFault> Plan, SimulationException Failure, Trace Trace) found)
    {
        World world = new(seed);
        world.Trace.IsKept = true;
        var (plan, first, trace) = found;
        var failure = Fail(world, plan) is { } again && again.Kind == first.Kind ? again : first;
        var isRepeated = failure.Message == first.Message && world.Trace.Hash == trace.Hash;
        var faults = plan.Count == 0 ? "  none" : string.Join("\n", plan);
        return new SimulationException(
            failure.Kind,
            $"Seed {seed} fails: {failure.Message}.\n{(failure.Actor is { } actor ? CauseIn(actor, isRepeated) : "")}"
                + $"It takes these faults:\n{faults}\nWhat happened:\n"
                + string.Join("\n", world.Trace.Story.TakeLast(EventsShown))
                + (failure.IsLate ? "" : $"\nThe last messages:\n{string.Join("\n", world.Trace.Lines.TakeLast(MessagesShown))}"),
            failure.InnerException);
    }

    // A clock gives another result in the second run, and a random number does, too. So if the same values differ again, neither is the
    // cause, and to name the calls of the class would mislead.
    private static string CauseIn(Type actor, bool isRepeated) => isRepeated
        ? "A second run gave the same values, so the cause is hardly a clock or a random number. See what the snapshot lacks, what depends "
            + "on the order of a Dictionary or HashSet, and what one node alone knows.\n"
        : UnseededCalls.DescribeOf(actor);

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

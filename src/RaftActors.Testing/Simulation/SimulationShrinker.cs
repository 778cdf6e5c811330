namespace RaftActors.Testing.Simulation;

/// <summary>Runs a seed. If it fails, finds the fewest faults with which it still fails in the same way.</summary>
/// <param name="make">Makes the simulation anew for each run.</param>
internal sealed class SimulationShrinker(long seed, Func<RaftSimulation> make)
{
    private const int LinesShown = 60;

    public SimulationResult Run()
    {
        var first = make();
        var plan = PlannedFault.Plan(seed, first.Kinds, first.NodeCount, first.Duration);
        try
        {
            return first.RunOnce(new World(seed), plan);
        }
        catch (SimulationException failure)
        {
            throw Explain(Shrink(plan, failure), failure);
        }
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
            $"Seed {seed} fails: {failure.Message}.\nIt takes these faults:\n{faults}\nThe last events:\n"
                + string.Join("\n", world.Trace.Lines.TakeLast(LinesShown)),
            failure.InnerException);
    }

    private SimulationException? Fail(World world, IReadOnlyList<PlannedFault> plan)
    {
        try
        {
            make().RunOnce(world, plan);
            return null;
        }
        catch (SimulationException failure)
        {
            return failure;
        }
    }
}

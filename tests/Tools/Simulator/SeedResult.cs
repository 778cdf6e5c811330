namespace RaftActors.Simulator;

/// <summary>The result of one seed. <c>Violation</c> is null if there was none.</summary>
internal sealed record SeedResult(ulong Seed, Violation? Violation, Totals Totals, ulong TraceHash, List<FaultEvent> Events)
{
    public static SeedResult Of(
        ulong seed,
        FaultSet faults,
        IReadOnlySet<int>? only = null,
        TextWriter? trace = null,
        DiskMaker? disks = null,
        bool skipsTicks = false,
        bool countsFeatures = false)
    {
        Simulation simulation = new(seed, faults, only, trace, disks) { SkipsTicks = skipsTicks, CountsFeatures = countsFeatures };
        return Of(seed, simulation, trace);
    }

    /// <summary>Runs a plain group.</summary>
    public static SeedResult OfPlain(ulong seed, FaultSet faults, TlaTrace? tla = null) =>
        Of(seed, new Simulation(GroupPlan.Plain(seed, faults), faults) { Tla = tla }, null);

    private static SeedResult Of(ulong seed, Simulation simulation, TextWriter? trace)
    {
        Violation? violation = null;
        try
        {
            simulation.Run();
        }
        catch (Violation found)
        {
            violation = found;
        }
        catch (Exception unexpected)
        {
            // Any other failure of a Core counts as a violation.
            violation = new Violation("exception", $"{unexpected}");
        }

        trace?.WriteLine($"{simulation.Now / 1000.0,9:F3} end");
        return new SeedResult(seed, violation, simulation.Totals, simulation.TraceHash, simulation.Events);
    }

    /// <summary>
    /// Runs the seed twice, the second time without the ticks that should have no effect. Two different runs are a violation, since a seed
    /// decides everything.
    /// </summary>
    public static SeedResult Twice(ulong seed, FaultSet faults, DiskMaker? disks = null, bool countsFeatures = false)
    {
        var one = Of(seed, faults, disks: disks, countsFeatures: countsFeatures);
        var other = Of(seed, faults, disks: disks, skipsTicks: true);
        return one.TraceHash == other.TraceHash
            ? one
            : one with { Violation = new Violation("determinism", "two runs of the same seed differ") };
    }
}

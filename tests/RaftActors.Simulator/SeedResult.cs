namespace RaftActors.Simulator;

/// <summary>What became of one seed.</summary>
internal sealed record SeedResult(ulong Seed, Violation? Violation, Totals Totals, ulong TraceHash, List<FaultEvent> Events)
{
    public static SeedResult Of(
        ulong seed, FaultSet faults, IReadOnlySet<int>? only = null, TextWriter? trace = null, DiskMaker? disks = null)
    {
        var simulation = new Simulation(seed, faults, only, trace, disks);
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
            // A core that fails in any other way is no better.
            violation = new Violation("exception", $"{unexpected}");
        }

        trace?.WriteLine($"{simulation.Now / 1000.0,9:F3} the end");
        return new SeedResult(seed, violation, simulation.Totals, simulation.TraceHash, simulation.Events);
    }

    /// <summary>Runs it twice: a seed decides everything.</summary>
    public static SeedResult Twice(ulong seed, FaultSet faults, DiskMaker? disks = null)
    {
        var (one, other) = (Of(seed, faults, disks: disks), Of(seed, faults, disks: disks));
        return one.TraceHash == other.TraceHash
            ? one
            : one with { Violation = new Violation("determinism", "the same seed did something else the second time") };
    }
}

namespace RaftActors.Testing.Simulation;

/// <summary>What a simulation that held has done.</summary>
public sealed record SimulationResult
{
    internal SimulationResult(ulong hash, TimeSpan lasted, long messages, long pairs, int faults) =>
        (Hash, Lasted, Messages, Pairs, Faults) = (hash, lasted, messages, pairs, faults);

    /// <summary>A hash of all that happened: the same for two runs of a seed.</summary>
    public ulong Hash { get; }

    /// <summary>The time of the simulation.</summary>
    internal TimeSpan Lasted { get; }

    /// <summary>The messages between nodes that were delivered.</summary>
    internal long Messages { get; }

    /// <summary>The committed pairs.</summary>
    public long Pairs { get; }

    /// <summary>The faults.</summary>
    public int Faults { get; }
}

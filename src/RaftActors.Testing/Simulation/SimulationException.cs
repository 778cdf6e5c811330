namespace RaftActors.Testing.Simulation;

/// <summary>A simulation failed. The message has the seed, the faults that it takes, and the last events.</summary>
public sealed class SimulationException : Exception
{
    internal SimulationException(string kind, string message, Exception? cause = null)
        : base(message, cause) => Kind = kind;

    /// <summary>What failed, without the values of one run. Failures of one kind are taken for the same one.</summary>
    internal string Kind { get; }

    /// <summary>The actor whose replicas differ. Null in other failures.</summary>
    internal Type? Actor { get; init; }

    /// <summary>It failed when the faults had long been mended, so the last messages say nothing.</summary>
    internal bool IsLate { get; init; }
}

namespace RaftActors.Testing.Simulation;

/// <summary>A simulation failed. The message has the seed, the faults that it takes, and the last events.</summary>
public sealed class SimulationException : Exception
{
    internal SimulationException(string kind, string message, Exception? cause = null)
        : base(message, cause) => Kind = kind;

    /// <summary>What failed, without the values of one run. Two failures of one kind have the same cause, as far as a program can tell.</summary>
    internal string Kind { get; }
}

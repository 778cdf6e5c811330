namespace RaftActors;

/// <summary>A raft actor cannot start as it is configured. The message says what is wrong and what to do.</summary>
public sealed class RaftConfigurationException : Exception
{
    internal RaftConfigurationException(string message)
        : base(message)
    {
    }

    /// <exception cref="RaftConfigurationException">It does not hold.</exception>
    internal static void Demand(bool condition, string otherwise)
    {
        if (!condition)
        {
            throw new RaftConfigurationException(otherwise);
        }
    }
}

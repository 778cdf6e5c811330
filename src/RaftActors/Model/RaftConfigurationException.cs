namespace RaftActors;

/// <summary>
/// A raft actor cannot start with its options and configuration. The message names the setting, its value and the remedy.
/// </summary>
public sealed class RaftConfigurationException : RaftException
{
    internal RaftConfigurationException(string message, Exception? cause = null)
        : base(message, cause)
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

namespace RaftActors;

/// <summary>
/// A raft actor cannot start with its options and configuration. The message names the setting, its value and the remedy.
/// </summary>
public sealed class RaftConfigurationException : RaftException
{
    /// <summary>Creates the exception of a library on RaftActors whose settings are wrong.</summary>
    /// <param name="message">The setting, its value and the remedy.</param>
    /// <param name="cause">The exception behind it; null: there is none.</param>
    public RaftConfigurationException(string message, Exception? cause = null)
        : base(message, cause)
    {
    }

    /// <summary>Checks a setting.</summary>
    /// <param name="condition">What must hold.</param>
    /// <param name="otherwise">The message, with the setting, its value and the remedy.</param>
    /// <exception cref="RaftConfigurationException">It does not hold.</exception>
    internal static void Demand(bool condition, string otherwise)
    {
        if (!condition)
        {
            throw new RaftConfigurationException(otherwise);
        }
    }
}

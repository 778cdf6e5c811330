namespace RaftActors;

/// <summary>
/// No process of the group answered a read in time, or the actor that was asked could not answer. A read changes nothing, so a retry is
/// safe.
/// </summary>
public sealed class RaftUnavailableException : RaftException
{
    /// <param name="message">What happened, why, and what to do.</param>
    public RaftUnavailableException(string message)
        : base(message)
    {
    }
}

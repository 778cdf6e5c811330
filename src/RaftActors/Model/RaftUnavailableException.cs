namespace RaftActors;

/// <summary>
/// No process of the group answered a read in time, or the actor that was asked could not answer. A read changes nothing, so a retry is
/// safe.
/// </summary>
public sealed class RaftUnavailableException : RaftException
{
    internal RaftUnavailableException(string message)
        : base(message)
    {
    }
}

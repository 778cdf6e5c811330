namespace RaftActors;

/// <summary>The base of the exceptions that RaftActors throws to applications.</summary>
public abstract class RaftException : Exception
{
    private protected RaftException(string message, Exception? cause = null)
        : base(message, cause)
    {
    }
}

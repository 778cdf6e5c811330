namespace RaftActors;

/// <summary>
/// The role of the client does not allow the call. The message names the role and the needed one. A retry fails the same way, until the
/// nodes give the client the role (<c>raft.security.roles</c>).
/// </summary>
public sealed class RaftUnauthorizedException : RaftException
{
    /// <param name="message">What happened, why, and what to do.</param>
    public RaftUnauthorizedException(string message)
        : base(message)
    {
    }
}

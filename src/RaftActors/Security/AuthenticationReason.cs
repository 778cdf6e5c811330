using System.Security.Authentication;

namespace RaftActors.Security;

/// <summary>Replaces the message of TLS by the reason, where this node knows it.</summary>
internal static class AuthenticationReason
{
    /// <param name="problem">Returns why this node refused the other one, or null if it did not.</param>
    /// <exception cref="AuthenticationException">The handshake failed.</exception>
    public static async Task WithReason(this Task handshake, Func<string?> problem)
    {
        try
        {
            await handshake.ConfigureAwait(false);
        }
        catch (AuthenticationException e)
        {
            throw new AuthenticationException(
                problem() ?? $"TLS failed ({(e.InnerException ?? e).Message.TrimEnd('.')}); the other side may have no raft.security, "
                    + "or be no raft program",
                e);
        }
    }
}

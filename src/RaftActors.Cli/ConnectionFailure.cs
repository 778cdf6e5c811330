using System.Net.Sockets;

namespace RaftActors.Cli;

/// <summary>Words for the failure to open a connection.</summary>
internal static class ConnectionFailure
{
    // Akka.NET keeps only the text of a socket error, so the text is compared.
    private static readonly string RefusedText = new SocketException((int)SocketError.ConnectionRefused).Message;

    /// <param name="cause">The exception of the actor runtime. Each runtime wraps the socket error differently.</param>
    public static string Of(Exception cause)
    {
        var deepest = cause.GetBaseException();
        return deepest switch
        {
            SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData } => "the host name is unknown",
            _ when deepest.Message.StartsWith(RefusedText, StringComparison.Ordinal) => "connection refused",
            _ when deepest is TimeoutException || deepest.Message.Contains("timed out", StringComparison.OrdinalIgnoreCase) => "no answer",
            SocketException => deepest.Message,
            _ => $"no raft server of this name listens at this address, or it needs --tls-cert or --secrets "
                + $"({deepest.Message.TrimEnd('.')})",
        };
    }
}

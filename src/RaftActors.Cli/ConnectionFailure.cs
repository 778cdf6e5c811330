using System.Net.Sockets;

namespace RaftActors.Cli;

/// <summary>Says in a few words why no connection could be opened.</summary>
internal static class ConnectionFailure
{
    // Akka.NET keeps only the text of a socket's error.
    private static readonly string RefusedText = new SocketException((int)SocketError.ConnectionRefused).Message;

    /// <param name="cause">As the actor runtime reports it: runtimes wrap the cause differently.</param>
    public static string Of(Exception cause)
    {
        var deepest = cause.GetBaseException();
        return deepest switch
        {
            SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData } => "nobody knows this name",
            _ when deepest.Message.StartsWith(RefusedText, StringComparison.Ordinal) => "connection refused",
            _ when deepest is TimeoutException || deepest.Message.Contains("timed out", StringComparison.OrdinalIgnoreCase) => "no answer",
            SocketException => deepest.Message,
            _ => $"no raft server of this name listens there ({deepest.Message.TrimEnd('.')})",
        };
    }
}

using System.Net.Sockets;
using System.Security.Authentication;

namespace RaftActors.Network;

/// <summary>Why a connection was lost, or could not be made.</summary>
internal static class ConnectionFailure
{
    /// <summary>The time for an attempt, with its handshake.</summary>
    public static TimeSpan Timeout { get; } = TimeSpan.FromSeconds(5);

    /// <summary>Tells a person the reason.</summary>
    /// <param name="cause">Null: the socket said so.</param>
    public static string WhyOf(Exception? cause) => cause switch
    {
        null => "it was lost",
        OperationCanceledException or SocketException { SocketErrorCode: SocketError.TimedOut } =>
            $"no answer within {Timeout.TotalSeconds} s",
        SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData } => "the host name is unknown",
        SocketException { SocketErrorCode: SocketError.ConnectionRefused } => "connection refused",
        _ => cause.Message,
    };

    /// <summary>It is a failure of the network or of the other side, and no bug.</summary>
    public static bool IsExpected(Exception? cause) => cause is null or SocketException or IOException or OperationCanceledException
        or InvalidDataException or ObjectDisposedException or AuthenticationException or RaftConfigurationException;

    /// <summary>The other side is no such node, or one side does not accept the other.</summary>
    public static bool IsByPeer(Exception? cause) => cause is not SocketException and (AuthenticationException or InvalidDataException);
}

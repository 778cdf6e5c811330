using System.Net.Sockets;
using System.Security.Authentication;

namespace RaftActors.Network;

/// <summary>Why a connection was lost, or could not be made.</summary>
internal static class ConnectionFailure
{
    /// <summary>The most time for one attempt to connect, handshake included.</summary>
    public static TimeSpan Timeout { get; } = TimeSpan.FromSeconds(5);

    /// <summary>Explains the reason to a person.</summary>
    /// <param name="cause">Null if the socket reported the loss.</param>
    public static string WhyOf(Exception? cause) => cause switch
    {
        null => "it was lost",
        OperationCanceledException or SocketException { SocketErrorCode: SocketError.TimedOut } =>
            $"no answer within {Timeout.TotalSeconds} s",
        SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData } => "the host name is unknown",
        SocketException { SocketErrorCode: SocketError.ConnectionRefused } => "connection refused",
        _ => cause.Message,
    };

    /// <summary>Tells whether the network or the other side has failed, and not this program.</summary>
    public static bool IsExpected(Exception? cause) => cause is null or SocketException or IOException or OperationCanceledException
        or InvalidDataException or ObjectDisposedException or AuthenticationException or RaftConfigurationException;

    /// <summary>Tells whether the other side is not the expected node, or one side does not accept the other.</summary>
    public static bool IsByPeer(Exception? cause) => cause is not SocketException and (AuthenticationException or InvalidDataException);
}

using System.Net.Sockets;

namespace RaftActors.Transport;

/// <summary>Options of the sockets of lanes.</summary>
internal static class LaneSocket
{
    // IPPROTO_TCP and TCP_USER_TIMEOUT of Linux.
    private const int TcpLevel = 6;
    private const int TcpUserTimeout = 18;

    // Firewalls forget a connection without bytes, often after some minutes. Two followers exchange none until they elect a leader.
    private const int IdleSeconds = 15;
    private const int ProbeSeconds = 5;
    private const int Probes = 3;

    // Longer than the network of a working group is silent.
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(3);

    /// <summary>Sends empty segments while the connection is idle. Finds that the other machine is gone.</summary>
    public static void KeepAlive(Socket socket)
    {
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, IdleSeconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, ProbeSeconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, Probes);
    }

    /// <summary>
    /// Ends the connection if sent bytes get no answer for some seconds. Else TCP would send lost bytes again ever more rarely, and a
    /// healed network would seem broken for as long as it was.
    /// </summary>
    public static void EndWithoutAnswer(Socket socket)
    {
        if (OperatingSystem.IsLinux())
        {
            socket.SetRawSocketOption(TcpLevel, TcpUserTimeout, BitConverter.GetBytes((int)AnswerTimeout.TotalMilliseconds));
        }
    }
}

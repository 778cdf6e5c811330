using System.Net;
using System.Net.Sockets;

namespace RaftActors.Cli.Client;

/// <summary>The local address to which a server can open its connection back.</summary>
internal static class LocalAddress
{
    /// <summary>Returns the address of the network interface that leads to the server. Sends no packet to it, but may query DNS.</summary>
    public static async Task<string> TowardsAsync(ServerId server, CancellationToken cancellation)
    {
        if (server.Host.Length == 0)
        {
            return server.Hostname;
        }

        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        await socket.ConnectAsync(server.Hostname, server.Port, cancellation).ConfigureAwait(false);
        return ((IPEndPoint)socket.LocalEndPoint!).Address.ToString(); // Justification: a connected socket has one.
    }
}

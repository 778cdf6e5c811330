using System.Net;
using System.Net.Sockets;

namespace RaftActors.Cli.Client;

/// <summary>Under which address a server can open its connection back to us.</summary>
internal static class LocalAddress
{
    /// <summary>That of the interface which leads to the server. Finding it out sends nothing, but may look a name up.</summary>
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

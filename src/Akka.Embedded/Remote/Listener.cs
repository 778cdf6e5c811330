using System.Net;
using System.Net.Sockets;

namespace Akka.Remote;

/// <summary>Opens the listening port, or throws an exception with address, cause and correction.</summary>
internal static class Listener
{
    public static (Socket Socket, int Port) Open(RemoteSettings settings)
    {
        var (host, key) = settings.BindHostname is { Length: > 0 } bind ? (bind, "bind-hostname") : (settings.Hostname, "hostname");
        var address = Resolve(host, key);
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(address, settings.BindPort));
            socket.Listen();
            return (socket, ((IPEndPoint)socket.LocalEndPoint!).Port); // Justification: a bound socket has one.
        }
        catch (SocketException cause)
        {
            socket.Dispose();
            var remedy = cause.SocketErrorCode switch
            {
                SocketError.AddressAlreadyInUse =>
                    "the port is in use. Stop the process that has it, "
                    + "or set akka.remote.dot-netty.tcp.port to another (0: any free port).",
                SocketError.AddressNotAvailable =>
                    $"this machine does not have that address. Set akka.remote.dot-netty.tcp.{key} to one of its addresses.",
                SocketError.AccessDenied =>
                    "permission denied. Set akka.remote.dot-netty.tcp.port to a number above 1023, or run with more rights.",
                _ => $"{cause.Message}. Change akka.remote.dot-netty.tcp.{key} or port.",
            };
            var where = $"{(host.Length > 0 ? host : "any address")}:{settings.BindPort}";
            throw new RemoteTransportException($"Cannot listen on {where}: {remedy}", cause);
        }
    }

    private static IPAddress Resolve(string host, string key)
    {
        if (host.Length == 0)
        {
            return IPAddress.Any;
        }

        if (IPAddress.TryParse(host, out var literal))
        {
            return literal;
        }

        try
        {
            var found = Dns.GetHostAddresses(host);
            return found.FirstOrDefault(a => a.AddressFamily == AddressFamily.InterNetwork) ?? found[0];
        }
        catch (Exception cause) when (cause is SocketException or ArgumentException or IndexOutOfRangeException)
        {
            throw new RemoteTransportException(
                $"Cannot listen on {host}: the name does not resolve ({cause.Message}). "
                + $"Set akka.remote.dot-netty.tcp.{key} to a name or an address of this machine.",
                cause);
        }
    }
}

using System.Globalization;

using Akka.Actor;

namespace RaftActors;

/// <summary>
/// Parses a node name that is an address: <c>host:port</c>, or <c>:port</c> for 127.0.0.1. RaftActors.Hosting compiles this file, too.
/// </summary>
internal static class NodeAddress
{
    private const string Loopback = "127.0.0.1";

    internal static bool IsAddress(string node) => Parse(node) is not null;

    /// <param name="self">The address of an actor system of the same protocol and name.</param>
    /// <returns>Null if the name is no address.</returns>
    internal static Address? Of(string node, Address self) =>
        Parse(node) is var (host, port) ? new Address(self.Protocol, self.System, host, port) : null;

    /// <summary>Parses the name of a node.</summary>
    /// <param name="node">The name.</param>
    /// <returns>Null if the name is no address.</returns>
    public static (string Host, int Port)? Parse(string node)
    {
        ArgumentNullException.ThrowIfNull(node);
        var colon = node.LastIndexOf(':');
        var host = colon > 0 ? node[..colon] : Loopback;
        return colon >= 0
            && ushort.TryParse(node.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            && port > 0
            && Uri.CheckHostName(host) is UriHostNameType.Dns or UriHostNameType.IPv4
            ? (host, port)
            : null;
    }
}

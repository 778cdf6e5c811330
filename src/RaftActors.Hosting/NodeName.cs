using System.Globalization;

namespace RaftActors.Hosting;

/// <summary>Parses the name of a node that is its address: <c>host:port</c>, or <c>:port</c> for 127.0.0.1.</summary>
internal static class NodeName
{
    /// <returns>Null if the name is no address.</returns>
    public static (string Host, int Port)? Parse(string node)
    {
        var colon = node.LastIndexOf(':');
        var host = colon > 0 ? node[..colon] : "127.0.0.1";
        return colon >= 0
            && ushort.TryParse(node.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            && port > 0
            && Uri.CheckHostName(host) is UriHostNameType.Dns or UriHostNameType.IPv4
            ? (host, port)
            : null;
    }
}

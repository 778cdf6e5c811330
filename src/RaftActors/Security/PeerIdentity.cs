using System.Collections.Immutable;

using RaftActors.Settings;

namespace RaftActors.Security;

/// <summary>The proved identity of the other side of a connection.</summary>
/// <param name="Name">The first name of its certificate, for logs and answers.</param>
/// <param name="Names">The names of its certificate.</param>
/// <param name="Role">The role that the settings give it, or null.</param>
internal sealed record PeerIdentity(string Name, ImmutableArray<string> Names, ConnectionRole? Role)
{
    /// <summary>Its certificate and the intermediate ones that it sent, as bytes, which need no disposal.</summary>
    public ImmutableArray<byte[]> Certificates { get; init; } = [];

    /// <summary>Tells whether it may speak for a host, because its certificate has the name or address.</summary>
    public bool VouchesFor(string host) => Names.Any(name => RoleRules.Fits(name, host));

    /// <summary>
    /// Tells whether it may speak for a process. Its certificate must have the host of the process's node, or the node's name, in full or
    /// up to its @.
    /// </summary>
    public bool VouchesFor(ProcessName process)
    {
        var node = process.Node;
        return VouchesFor(node) || (node.IndexOfAny([':', '@']) is > 0 and var end && VouchesFor(node[..end]))
            || (node.StartsWith(':') && VouchesFor("127.0.0.1"));
    }

    public override string ToString() => $"'{Name}'";
}

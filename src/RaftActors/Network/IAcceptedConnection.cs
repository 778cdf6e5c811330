using Akka.Actor;

using RaftActors.Security;

namespace RaftActors.Network;

/// <summary>
/// A connection that another node (<see cref="InboundConnection"/>) or a client (<see cref="ClientConnection"/>) has opened, after its
/// handshake.
/// </summary>
internal interface IAcceptedConnection : IDisposable
{
    Address Peer { get; }

    /// <summary>The identity of this start of the other actor system.</summary>
    ulong Node { get; }

    /// <summary>Null if the connection is not encrypted.</summary>
    PeerIdentity? Identity { get; }

    bool IsClient { get; }

    /// <summary>The name of the other side's identity, or without credentials the address of its machine.</summary>
    string Owner { get; }

    /// <summary>The time of the last bytes of a client, as a timestamp of the machine's clock.</summary>
    long HeardAt { get; }

    /// <summary>This side has closed it, and its reader is about to notice.</summary>
    bool IsClosed { get; }

    /// <summary>Another node opened it and proved to be one. So there are as many as the group has nodes.</summary>
    bool IsProvenNode => Identity is not null && !IsClient;

    /// <summary>
    /// The certificate has no role of its own. The other side is a node, or a client on one, only because a group names that node.
    /// </summary>
    bool IsByName => Identity is { Role: null };

    /// <exception cref="InvalidDataException">The other side sent damaged bytes.</exception>
    /// <exception cref="IOException">The connection was lost.</exception>
    Task RunToEndAsync();
}

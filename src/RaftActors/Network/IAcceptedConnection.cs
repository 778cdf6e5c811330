using Akka.Actor;

using RaftActors.Security;

namespace RaftActors.Network;

/// <summary>
/// A connection that another node (<see cref="InboundConnection"/>) or a client (<see cref="ClientConnection"/>) has opened, after its
/// handshake.
/// </summary>
internal interface IAcceptedConnection : IDisposable
{
    /// <summary>The other actor system.</summary>
    Address Peer { get; }

    /// <summary>The identity of the other actor system.</summary>
    ulong Node { get; }

    /// <summary>Null: the connection is not encrypted.</summary>
    PeerIdentity? Identity { get; }

    /// <summary>A client has opened it.</summary>
    bool IsClient { get; }

    /// <summary>What opened it: the name of its identity, or without credentials the address of its machine.</summary>
    string Owner { get; }

    /// <summary>The time of the last bytes of a client, as a timestamp of the machine's clock.</summary>
    long HeardAt { get; }

    /// <summary>It was closed here, and its reader is about to notice.</summary>
    bool IsClosed { get; }

    /// <summary>Another node has opened it, and has proved that it is one. Their number is that of the group.</summary>
    bool IsProvenNode => Identity is not null && !IsClient;

    /// <summary>Another node has opened it, or a client on it, and the node is one because a group names it.</summary>
    bool IsByName => Identity is { Role: null };

    /// <summary>Reads until the connection ends.</summary>
    /// <exception cref="InvalidDataException">The other side sent damaged bytes.</exception>
    /// <exception cref="IOException">The connection was lost.</exception>
    Task RunToEndAsync();
}

using System.Collections.Immutable;

using Akka.Actor;

using RaftActors.Wire;

namespace RaftActors.Network;

/// <summary>
/// The routes for messages of raft to other nodes (<see cref="TcpNetwork"/>), as the registry needs them. Thread-safe.
/// </summary>
internal interface INetwork
{
    /// <summary>Explains to a person why some nodes cannot be reached. Empty if nothing is known.</summary>
    string Problems => "";

    /// <summary>The reference of an actor at a path with address, on this node or another one.</summary>
    IActorRef Resolve(string path);

    /// <summary>Sets the nodes that the groups of this node name. Unnamed nodes take no room from them.</summary>
    void SetNamed(ImmutableHashSet<Address> named);

    /// <summary>Connects to a node, unless there is a connection, or a pause after a failed attempt.</summary>
    void Connect(Address address);

    /// <summary>Changes the list of the processes of this node, and tells all connected nodes.</summary>
    void Tell(WireMessage.Presence change);

    /// <summary>Closes the connections that a node has opened.</summary>
    void Close(Address address);

    /// <summary>Forgets a node that is gone.</summary>
    void Forget(Address address);

    /// <summary>
    /// Ends the rights of a node that no group names any more, unless its certificate has a role. Without credentials every program may
    /// connect, so nothing changes.
    /// </summary>
    void OnDeparted(Address address);
}

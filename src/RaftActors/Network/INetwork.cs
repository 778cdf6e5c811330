using System.Collections.Immutable;

using Akka.Actor;

namespace RaftActors.Network;

/// <summary>
/// The routes for messages of raft to other nodes: by TCP (<see cref="TcpNetwork"/>), or by a transport of the program (<see
/// cref="CustomNetwork"/>). Thread-safe.
/// </summary>
internal interface INetwork : IDisposable
{
    /// <summary>Explains to a person why some nodes cannot be reached. Empty if nothing is known.</summary>
    string Problems => "";

    /// <summary>The reference of an actor at a path with address, on this node or another one.</summary>
    IActorRef Resolve(string path);

    ICallLink LinkTo(Address node);

    /// <summary>Sets the nodes that the groups of this node name. Unnamed nodes take no room from them.</summary>
    void SetNamed(ImmutableHashSet<Address> named);

    /// <summary>Forgets a node that is gone.</summary>
    void Forget(Address address)
    {
    }
}

using System.Collections.Immutable;

using Akka.Actor;

namespace RaftActors.Network;

/// <summary>
/// The routes for messages of raft to other nodes: by TCP (<see cref="TcpNetwork"/>), or by a transport of
/// the program (<see cref="CustomNetwork"/>). Thread-safe.
/// </summary>
internal interface INetwork : IDisposable
{
    /// <summary>Why some nodes cannot be reached, for people; empty: nothing is known.</summary>
    string Problems { get; }

    /// <summary>The reference of an actor at a path with address, on this node or another one.</summary>
    IActorRef Resolve(string path);

    /// <summary>The route for calls of clients to another node.</summary>
    ICallLink LinkTo(Address node);

    /// <summary>The nodes that the groups of this node name. Unnamed nodes take no room from them.</summary>
    void SetNamed(ImmutableHashSet<Address> named);

    /// <summary>The node is gone.</summary>
    void Forget(Address address);
}

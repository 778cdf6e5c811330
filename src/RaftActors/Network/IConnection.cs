using Akka.Actor;

using RaftActors.Wire;

namespace RaftActors.Network;

/// <summary>
/// The route for messages of raft to one other node: by a connection (<see cref="NodeConnection"/>), or by a custom transport
/// (<see cref="CustomConnection"/>). Thread-safe.
/// </summary>
internal interface IConnection
{
    /// <summary>This connection, or the one to the same address that took its place, because this one was forgotten.</summary>
    IConnection Current => this;

    /// <summary>The format level of the next messages.</summary>
    byte Level { get; }

    /// <summary>Takes a message for the next <see cref="Flush"/>. Drops it if there is no connection, or if too many bytes wait.</summary>
    void Write(IActorRef to, WireMessage message, IActorRef from);

    /// <summary>Sends the messages, as far as the socket takes them without waiting. A task sends the rest.</summary>
    void Flush();
}

/// <summary>
/// A connection that a <see cref="ConnectionTable{TConnection}"/> may forget. Engines may still hold it. Two connections to one node would
/// end each other's connections, so a forgotten one takes no messages, and <see cref="IConnection.Current"/> leads to the next one.
/// </summary>
internal interface IForgettableConnection : IConnection
{
    /// <summary>Takes no messages from now on. False: it is in use.</summary>
    bool TryRetire();
}

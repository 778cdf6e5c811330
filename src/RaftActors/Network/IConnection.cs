using Akka.Actor;

using RaftActors.Wire;

namespace RaftActors.Network;

/// <summary>
/// The route for messages of raft to one other node (<see cref="NodeConnection"/>). Thread-safe.
/// </summary>
internal interface IConnection : IFlushable
{
    /// <summary>This connection, or its successor to the same address if this one was forgotten.</summary>
    IConnection Current => this;

    /// <summary>The format level of the next messages.</summary>
    byte Level { get; }

    /// <summary>False if <see cref="Write"/> would drop the next message now.</summary>
    bool TakesMessages => true;

    /// <summary>How often what was written may have been lost, because a connection has ended.</summary>
    long Losses => 0;

    /// <summary>Writes a message for the next flush. Drops it if there is no connection, or if too many bytes wait.</summary>
    void Write(IActorRef to, WireMessage message, IActorRef from);
}

/// <summary>
/// A connection that a <see cref="ConnectionTable{TConnection}"/> may forget while engines still hold it. A forgotten connection takes no
/// messages, because two connections to one node would end each other. <see cref="IConnection.Current"/> leads to its successor.
/// </summary>
internal interface IForgettableConnection : IConnection
{
    /// <summary>Stops taking messages. Returns false if the connection is in use.</summary>
    bool TryRetire();
}

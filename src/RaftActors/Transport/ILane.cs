using Akka.Actor;

using RaftActors.Wire;

namespace RaftActors.Transport;

/// <summary>
/// A way for messages to one other node or client: a <see cref="Lane"/> beside Akka's remoting, a <see cref="SoleLane"/> that replaces
/// it, or a <see cref="ReplyLane"/> on the connection of a client. Thread-safe.
/// </summary>
internal interface ILane
{
    /// <summary>This lane, or the one to the same address that took its place, because this one was forgotten.</summary>
    ILane Current => this;

    /// <summary>
    /// Takes a message, to be sent by the next <see cref="Flush"/>, or drops it if too many bytes wait. False: the caller must send it by
    /// Akka, and then call <see cref="EndDetour"/>.
    /// </summary>
    bool TryWrite(IActorRef to, WireMessage message, IActorRef from);

    /// <summary>A message that <see cref="TryWrite"/> refused was sent by Akka.</summary>
    void EndDetour();

    /// <summary>Sends the messages, as far as the socket takes them without waiting. A task sends the rest.</summary>
    void Flush();
}

/// <summary>
/// A lane that a <see cref="LaneTable{TLane}"/> may forget. Engines may still hold it. Two lanes to one node would end each other's
/// connections, so a forgotten one takes no messages, and <see cref="ILane.Current"/> leads to the next one.
/// </summary>
internal interface IForgettableLane : ILane
{
    /// <summary>Takes no messages from now on. False: it is in use.</summary>
    bool TryRetire();
}

using Akka.Actor;

using RaftActors.Wire;

namespace RaftActors.Transport;

/// <summary>
/// A way for messages to one other node or client: a <see cref="Lane"/> beside Akka's remoting, a <see cref="SoleLane"/> that replaces
/// it, or a <see cref="ReplyLane"/> on the connection of a client. Thread-safe.
/// </summary>
internal interface ILane
{
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

using Akka.Actor;
using Akka.Event;

using RaftActors.Wire;

namespace RaftActors.Network;

/// <summary>
/// The reference of an actor on another node, whose messages go by a raft connection. It takes only messages of raft. Others have no place
/// in a frame, so they are dropped with a warning.
/// </summary>
internal sealed class ConnectionRef(ActorPath path, IConnection made, NetworkContext context) : ActorRefBase
{
    public override ActorPath Path => path;

    public IConnection Connection => made.Current;

    protected override void TellInternal(object message, IActorRef? sender)
    {
        if (message is not WireMessage written)
        {
            context.Log.Warning(
                "A {0} to {1} was dropped: it is no message of raft. Send it to your actor by the actor's own reference.",
                message.GetType(),
                path);
            return;
        }

        // A frame always has a sender. The registry stands in for a missing one, and ignores the answers.
        var connection = Connection;
        connection.Write(this, written, sender ?? context.Registry);
        SendTurn.OnWritten(connection);
    }
}

using Akka.Actor;

using RaftActors.Storage;

namespace RaftActors.Engine;

/// <summary>
/// A raft actor could not start. The log of a supervisor has the message of the cause, and this exception as text. If the cause is a
/// setting or a store, its message is enough, and a stack trace would hide it.
/// </summary>
internal sealed class ActorStartException(IActorRef actor, string message, Exception cause)
    : ActorInitializationException(actor, message, cause)
{
    public override string ToString() =>
        InnerException is RaftConfigurationException or StoreException ? nameof(ActorStartException) : base.ToString();
}

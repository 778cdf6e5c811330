using Akka.Actor;

using RaftActors.Storage;

namespace RaftActors.Engine;

/// <summary>
/// A raft actor could not start. The supervisor logs the message, and this exception as text. The text has no stack trace if the cause is
/// a setting or a store, because the message says enough and the trace would hide it.
/// </summary>
internal sealed class ActorStartException(IActorRef actor, string message, Exception cause)
    : ActorInitializationException(actor, message, cause)
{
    public override string ToString() =>
        InnerException is RaftConfigurationException or StoreException ? nameof(ActorStartException) : base.ToString();
}

using Akka.Actor;

namespace RaftActors.Client;

/// <summary>Receives the replies to one question of a client, and passes them to the client's actor.</summary>
internal sealed class ClientRelay : UntypedActor
{
    protected override void OnReceive(object message) => Context.Parent.Tell(new Reply(message), Self);

    /// <summary>The sender is the relay.</summary>
    internal sealed record Reply(object Message);
}

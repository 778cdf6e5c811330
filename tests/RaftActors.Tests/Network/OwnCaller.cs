namespace RaftActors.Tests.Network;

/// <summary>A call of a client of this node, whose reply goes on to a probe.</summary>
internal sealed class OwnCaller(ICanTell asker) : ICaller
{
    public RequestRef Request => default;

    public void Tell(object message, IActorRef sender) => asker.Tell(message, sender);
}

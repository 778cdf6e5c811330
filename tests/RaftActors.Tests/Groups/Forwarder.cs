namespace RaftActors.Tests.Groups;

/// <summary>Stands at a path for a probe.</summary>
internal sealed class Forwarder : ReceiveActor
{
    public Forwarder(IActorRef to) => ReceiveAny(to.Forward);
}

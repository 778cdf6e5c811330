namespace RaftActors.Tests.Network;

/// <summary>A route to a node that takes all messages and sends none.</summary>
internal sealed class NoConnection : IConnection
{
    public byte Level => FormatRange.Own.Lowest;

    public void Write(IActorRef to, WireMessage message, IActorRef from)
    {
    }

    public void Flush()
    {
    }
}

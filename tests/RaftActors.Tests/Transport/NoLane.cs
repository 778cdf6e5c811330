using Akka.Actor;

using RaftActors.Transport;
using RaftActors.Wire;

namespace RaftActors.Tests.Transport;

/// <summary>A way to a node that takes all messages and sends none.</summary>
internal sealed class NoLane : ILane
{
    public bool TryWrite(IActorRef to, WireMessage message, IActorRef from) => true;

    public void EndDetour()
    {
    }

    public void Flush()
    {
    }
}

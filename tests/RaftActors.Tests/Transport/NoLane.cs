using Akka.Actor;

using RaftActors.Transport;
using RaftActors.Wire;

namespace RaftActors.Tests.Transport;

/// <summary>A way to a node that takes all messages and sends none.</summary>
internal sealed class NoLane : ILane
{
    public void Write(IActorRef to, WireMessage message, IActorRef from)
    {
    }

    public void Flush()
    {
    }
}

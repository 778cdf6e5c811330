using Akka.Actor;

using RaftActors.Network;
using RaftActors.Wire;

namespace RaftActors.Discovery;

internal sealed record RegistryCall(ClientCall Call, ICanTell Caller);

/// <summary>Takes the calls of clients to the registry of this node. Thread-safe.</summary>
internal sealed class RegistryCalls(IActorRef registry) : ICallInbox
{
    public Backlog Untaken { get; } = Backlog.OfCalls();

    public void Add(ClientCall call, ICanTell caller) => registry.Tell(new RegistryCall(call, caller), ActorRefs.NoSender);

    public void Announce()
    {
    }
}

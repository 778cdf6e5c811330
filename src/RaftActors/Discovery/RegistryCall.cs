using Akka.Actor;

using RaftActors.Network;
using RaftActors.Wire;

namespace RaftActors.Discovery;

/// <summary>A call of a client to the registry of this node.</summary>
internal sealed record RegistryCall(ClientCall Call, ICanTell Caller);

/// <summary>The calls of clients to the registry of this node. Thread-safe.</summary>
internal sealed class RegistryCalls(IActorRef registry) : ICallInbox
{
    /// <inheritdoc/>
    public PassedOnCalls PassedOn { get; } = new();

    /// <inheritdoc/>
    public void Add(ClientCall call, ICanTell caller) => registry.Tell(new RegistryCall(call, caller), ActorRefs.NoSender);

    /// <inheritdoc/>
    public void Announce()
    {
    }
}

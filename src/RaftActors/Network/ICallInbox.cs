using Akka.Actor;

using RaftActors.Wire;

namespace RaftActors.Network;

/// <summary>Takes calls of clients: a process, or the registry of a node. Thread-safe.</summary>
internal interface ICallInbox
{
    /// <summary>The calls from other nodes that wait here.</summary>
    PassedOnCalls PassedOn { get; }

    /// <summary>Takes a call. Call <see cref="Announce"/> after the last one of a batch.</summary>
    /// <param name="caller">Gets the reply, on any thread.</param>
    void Add(ClientCall call, ICanTell caller);

    /// <summary>Calls were added.</summary>
    void Announce();
}

/// <summary>One call of a client of this node, until its reply. Thread-safe.</summary>
internal interface ICaller : ICanTell
{
    /// <summary>The request of an Append; <c>default</c>: the call is no Append.</summary>
    RequestRef Request { get; }
}

using Akka.Actor;

using RaftActors.Wire;

namespace RaftActors.Network;

/// <summary>Takes calls of clients: a process, or the registry of a node. Thread-safe.</summary>
internal interface ICallInbox
{
    /// <summary>The calls of other programs that were added, and not taken. Their callers count them.</summary>
    Backlog Untaken { get; }

    /// <summary>Takes a call. Call <see cref="Announce"/> after the last one of a batch.</summary>
    /// <param name="caller">Gets the reply. Thread-safe.</param>
    void Add(ClientCall call, ICanTell caller);

    void Announce();
}

/// <summary>One call of a client of this node, until its reply. Thread-safe.</summary>
internal interface ICaller : ICanTell
{
    /// <summary>The request of an Append, or <c>default</c> for other calls.</summary>
    RequestRef Request { get; }
}

using System.Collections.Concurrent;

using Akka.Actor;

using RaftActors.Wire;

namespace RaftActors.Transport;

/// <summary>An engine, for the threads that read lanes.</summary>
internal interface ILaneReceiver
{
    /// <summary>Takes a message, and may handle it on this thread. False: the engine has stopped. Thread-safe.</summary>
    /// <param name="isFirst">The message is the first one of its connection.</param>
    bool TryReceive(WireMessage message, IActorRef from, bool isFirst);
}

/// <summary>The running engines of one node. Thread-safe.</summary>
internal sealed class LaneReceivers
{
    private readonly ConcurrentDictionary<IActorRef, ILaneReceiver> _all = new();

    /// <summary>The engine has started.</summary>
    public void Add(IActorRef engine, ILaneReceiver receiver) => _all[engine] = receiver;

    /// <summary>The engine has stopped.</summary>
    public void Remove(IActorRef engine) => _all.TryRemove(engine, out _);

    /// <summary>Null: the actor is no running engine.</summary>
    public ILaneReceiver? Find(IActorRef engine) => _all.GetValueOrDefault(engine);
}

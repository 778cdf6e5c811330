using System.Collections.Concurrent;

using Akka.Actor;

using RaftActors.Settings;

namespace RaftActors.Clients;

/// <summary>
/// The open calls of one client, shared by its callers and its actor. So each Append ends even if the actor stops. Thread-safe.
/// </summary>
/// <param name="pendingMax">The maximum number of open Appends, and of other open calls.</param>
internal sealed class ClientCalls(int pendingMax)
{
    // The Appends that were told to the actor, until they end.
    private readonly ConcurrentDictionary<ClientAppend, byte> _told = [];
    private readonly TaskCompletionSource _stopped = new(Machine.Current.Completion);
    private int _count;
    private int _unread;
    private int _questions;
    private volatile bool _isClosing;
    private volatile ClientAppendQueue? _queue;

    /// <summary>The client was disposed. Outlives a restart of its actor.</summary>
    public bool IsClosing
    {
        get => _isClosing;
        set => _isClosing = value;
    }

    /// <summary>The queue of the actor's present instance; null: it has not started.</summary>
    public ClientAppendQueue? Queue
    {
        get => _queue;
        set => _queue = value;
    }

    /// <summary>Ends when the actor of the client has stopped.</summary>
    public Task Stopped => _stopped.Task;

    /// <summary>False: as many Appends are open as the client allows.</summary>
    public bool TryBeginAppend()
    {
        if (Interlocked.Increment(ref _count) <= pendingMax)
        {
            return true;
        }

        Interlocked.Decrement(ref _count);
        return false;
    }

    /// <summary>Sends an Append by the queue, or tells it to the actor. It never overtakes one that the actor has not read.</summary>
    public void Begin(ClientAppend append, IActorRef actor)
    {
        if (Volatile.Read(ref _unread) == 0 && _queue?.TrySend(append) == true)
        {
            return;
        }

        Interlocked.Increment(ref _unread);
        _told.TryAdd(append, 0);
        actor.Tell(new ClientActor.Submit(append), ActorRefs.NoSender);
        if (Stopped.IsCompleted)
        {
            // The actor never reads it.
            End(append);
        }
    }

    /// <summary>The actor has read an Append, and the queue has it.</summary>
    public void OnRead() => Interlocked.Decrement(ref _unread);

    /// <summary>False: as many calls that are no Appends are open as the client allows.</summary>
    public bool TryBeginQuestion()
    {
        if (Interlocked.Increment(ref _questions) <= pendingMax)
        {
            return true;
        }

        EndQuestion();
        return false;
    }

    public void EndQuestion() => Interlocked.Decrement(ref _questions);

    public void EndAppend(ClientAppend append)
    {
        _told.TryRemove(append, out _);
        Interlocked.Decrement(ref _count);
    }

    /// <summary>The actor has stopped, and has ended the Appends that it had read.</summary>
    public void OnStopped()
    {
        _stopped.TrySetResult();
        foreach (var append in _told.Keys)
        {
            End(append);
        }
    }

    private static void End(ClientAppend append) =>
        append.End(new Outcome<object?>.NotCommitted(
            NotCommittedReason.Closed, "The client was disposed, or its actor system has stopped, before the pair was sent."));
}

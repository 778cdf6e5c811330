using System.Collections.Concurrent;

using RaftActors.Engine;

namespace RaftActors.Client;

/// <summary>
/// The open calls of one client, shared by its callers and its actor. So each Append ends even if the actor stops. Thread-safe.
/// </summary>
/// <param name="pendingMax">The maximum number of open Appends, and of other open calls.</param>
internal sealed class ClientCalls(int pendingMax)
{
    private readonly ConcurrentDictionary<ClientAppend, byte> _open = [];
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _count;
    private int _questions;
    private volatile bool _isClosing;

    /// <summary>The client was disposed. Outlives a restart of its actor.</summary>
    public bool IsClosing
    {
        get => _isClosing;
        set => _isClosing = value;
    }

    /// <summary>Ends when the actor of the client has stopped.</summary>
    public Task Stopped => _stopped.Task;

    /// <summary>False: as many are open as the client allows.</summary>
    public bool TryAdd(ClientAppend append)
    {
        if (Interlocked.Increment(ref _count) > pendingMax)
        {
            Interlocked.Decrement(ref _count);
            return false;
        }

        _open.TryAdd(append, 0);
        return true;
    }

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

    /// <summary>Call it after the Append was told to the actor. An Append that the actor never reads ends here.</summary>
    public void EndIfStopped(ClientAppend append)
    {
        if (Stopped.IsCompleted)
        {
            End(append);
        }
    }

    public void Remove(ClientAppend append)
    {
        if (_open.TryRemove(append, out _))
        {
            Interlocked.Decrement(ref _count);
        }
    }

    /// <summary>The actor has stopped, and has ended the Appends that it had read.</summary>
    public void OnStopped()
    {
        _stopped.TrySetResult();
        foreach (var append in _open.Keys)
        {
            End(append);
        }
    }

    private static void End(ClientAppend append) =>
        append.End(OutcomeMaker<object?>.Instance.Cancelled(default, new CancelReason.NotCommitted(
            NotCommittedReason.Closed, "The client was disposed, or its actor system has stopped, before the pair was sent.")));
}

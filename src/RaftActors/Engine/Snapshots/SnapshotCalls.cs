using Akka.Actor;

using RaftActors.Core;
using RaftActors.Engine.Requests;
using RaftActors.Wire;

namespace RaftActors.Engine;

/// <summary>
/// The calls of clients for a snapshot. Each waits until a durable snapshot covers all that was committed at the call, because an earlier
/// answer would not survive a crash. While calls wait, <see cref="SnapshotTaking"/> takes snapshots until the last call is covered.
/// Invariant: each call ends at its timeout at the latest, and before that with its actor's life, its engine or a failed snapshot.
/// </summary>
internal sealed class SnapshotCalls(EngineContext context)
{
    /// <summary>The most waiting calls, far more than operators make at a time. Others are declined.</summary>
    public const int MaxWaiting = 256;

    // A client repeats a call after a silence, and sooner after a decline. So a repeat is answered only once, near the timeout. If the
    // call then ends at the client, the answer explains why.
    private const int LastPart = 4;

    private readonly OpenRequests<Waiting> _waiting = new();
    private long _calls;

    public int Count => _waiting.Count;

    private RaftProcess Process => context.Process;

    /// <summary>Takes a call. Returns true if it waits.</summary>
    /// <param name="progress">The step that a waiting call waits for, as a clause.</param>
    public bool Submit(ClientCall.TakeSnapshot call, ICanTell client, string progress)
    {
        // A call that a client repeats by the same connection has the same caller.
        if (_waiting.InOrder.FirstOrDefault(waiting => waiting.Client.Equals(client)) is { } known)
        {
            if (!known.IsTold && call.Timeout < known.Timeout / LastPart)
            {
                known.IsTold = true;
                TellProgress(client, progress);
            }
        }
        else if (Process.Status.Fence is { } fence)
        {
            Refuse(client, $"{Process.Name} is fenced: {fence.TrimEnd('.')}");
        }
        else if (!context.HasActor)
        {
            context.Decline(client, $"{Process.Name} has no actor now");
        }
        else if (!context.TakesSnapshots)
        {
            Refuse(client, $"The actor of {Process.Name} takes no snapshots: it does not implement IRaftSnapshot<TState>");
        }
        else if (context.Commit == LogIndex.Zero || context.Configuration is null)
        {
            context.Decline(client, $"{Process.Name} knows no committed entry of its group yet");
        }
        else if (Process.Snapshot is { } latest && latest.Position.Index >= context.Commit)
        {
            Answer(client, latest);
        }
        else if (_waiting.Count >= MaxWaiting)
        {
            context.Decline(client, $"{Process.Name} has {MaxWaiting} calls that wait for a snapshot");
        }
        else
        {
            Waiting waiting = new(++_calls, client, context.Commit, call.Timeout);
            _waiting.Add(waiting.Number, waiting, context.DeadlineAfter(call.Timeout));
            return true;
        }

        return false;
    }

    /// <summary>A later snapshot of this process is durable, whoever took it.</summary>
    public void OnDurable()
    {
        if (_waiting.Count == 0 || Process.Snapshot is not { } latest)
        {
            return;
        }

        foreach (var waiting in _waiting.InOrder.Where(waiting => waiting.Commit <= latest.Position.Index))
        {
            _waiting.Remove(waiting.Number);
            Answer(waiting.Client, latest);
        }
    }

    public void OnTick(string progress)
    {
        while (_waiting.TryTakeDue(context.Now, out var waiting))
        {
            TellProgress(waiting.Client, progress);
        }
    }

    /// <summary>Refuses the calls, because the snapshot was not taken. A repeat would fail in the same way.</summary>
    public void OnFailed(string why) => EndAll(client => Refuse(client, $"{Process.Name} could not take a snapshot: {why.TrimEnd('.')}"));

    public void OnFenced(string why) => EndAll(client => Refuse(client, $"{Process.Name} is fenced: {why.TrimEnd('.')}"));

    /// <summary>Declines the calls, because the actor that was asked has ended. Clients ask its successor.</summary>
    public void OnLifeEnded() => EndAll(client => context.Decline(client, $"The actor of {Process.Name} has restarted or stopped"));

    public void OnStopped() => EndAll(client => context.Decline(client, $"The engine of {Process.Name} has stopped"));

    private void EndAll(Action<ICanTell> end)
    {
        foreach (var waiting in _waiting.TakeAll())
        {
            end(waiting.Client);
        }
    }

    private void TellProgress(ICanTell client, string progress) => context.Decline(
        client, $"{Process.Name} takes the snapshot: {progress}. It goes on; call again, with a longer timeout, to wait for it");

    private void Answer(ICanTell client, Snapshot snapshot) =>
        client.Tell(new ClientReply.SnapshotTaken(snapshot.Position, snapshot.Length), context.Self);

    private void Refuse(ICanTell client, string why) => client.Tell(
        new ClientReply.Failed(RaftFailure.NotDone(FailureReason.Unavailable, $"{why}.")), context.Self);

    /// <param name="Commit">The commit index at the call.</param>
    private sealed record Waiting(long Number, ICanTell Client, LogIndex Commit, TimeSpan Timeout)
    {
        public bool IsTold { get; set; }
    }
}

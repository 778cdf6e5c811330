using RaftActors.Core;
using RaftActors.Wire;

namespace RaftActors.Engine;

/// <summary>
/// The Appends of this process that have not ended. One is sent when a leader is known, and sent again only after somebody said that it
/// was written nowhere: so it is in the log at most once. What was sent and is not heard of again ends as unknown.
/// <para>
/// They reach the leader in the order made. On the way through another member that takes care: it may not know of the leader yet when the
/// first comes and refuse it, and know of it when the second comes. So one goes ahead alone, until the leader has answered it.
/// </para>
/// </summary>
internal sealed class AppendDesk(EngineContext context)
{
    private readonly SortedDictionary<long, Pending> _pending = [];

    // The way that the last one was sent on, which it was, and whether the leader was heard to be at the end of it.
    private LeaderWay? _way;
    private long _ahead;
    private bool _isWayOpen;

    public int Count => _pending.Count;

    public void Submit(ToEngine.Append append)
    {
        context.Process.TakeOn(append.Request);
        _pending.Add(append.Request.Number, new Pending(append, context.DeadlineAfter(append.Timeout)));
        SendWaiting();
    }

    /// <summary>Sends, in the order of the calls, whatever waits for a leader.</summary>
    public void SendWaiting()
    {
        if (_pending.Count == 0 || LeaderWay.Find(context) is not { } way)
        {
            return;
        }

        if (way != _way)
        {
            (_way, _ahead, _isWayOpen) = (way, 0, way.Hops == 0);
        }

        foreach (var pending in _pending.Values.Where(pending => !pending.IsSent))
        {
            if (!_isWayOpen && _pending.GetValueOrDefault(_ahead) is { IsSent: true })
            {
                return;
            }

            _ahead = pending.Append.Request.Number;
            pending.IsSent = true;
            var request = context.Process.ToId(pending.Append.Request);
            way.Engine.Tell(new WireMessage.AppendRequest(request, pending.Append.Key, pending.Append.Value, way.Hops), context.Self);
        }
    }

    public void OnTaken(WireMessage.AppendTaken taken)
    {
        if (_pending.TryGetValue(taken.Request.Number, out var pending))
        {
            pending.Place = (taken.Index, taken.Term);
            OpenWay(taken.Request.Number);
        }
    }

    public void OnRefused(WireMessage.AppendRefused refused)
    {
        if (_pending.TryGetValue(refused.Request.Number, out var pending))
        {
            // Sent again with the next tick, or when a new leader is known: at once would be a busy loop.
            pending.IsSent = false;
            _isWayOpen = _way is { Hops: 0 };
        }
    }

    public void OnDiscarded(WireMessage.AppendDiscarded discarded)
    {
        if (_pending.TryGetValue(discarded.Request.Number, out var pending))
        {
            Cancel(pending, new CancelReason.NotCommitted(discarded.Reason));
            OpenWay(discarded.Request.Number);
        }
    }

    /// <summary>It was in the log already, and is committed: if not here yet, then soon.</summary>
    public void OnRepeated(WireMessage.AppendRepeated repeated)
    {
        if (repeated.Index <= context.Commit && _pending.Remove(repeated.Request.Number))
        {
            OpenWay(repeated.Request.Number);
        }
    }

    /// <summary>Nobody can tell any more whether it was appended.</summary>
    public void OnForgotten(WireMessage.AppendForgotten forgotten)
    {
        if (_pending.TryGetValue(forgotten.Request.Number, out var pending))
        {
            Cancel(pending, new CancelReason.Unknown());
            OpenWay(forgotten.Request.Number);
        }
    }

    /// <summary>An entry is committed: ours, or one that took the place of ours.</summary>
    public void OnCommitted(LogEntry entry)
    {
        if (entry.Payload is Payload.Pair { Request: { } request }
            && request.Origin == context.Process.Member
            && _pending.Remove(request.Number))
        {
            OpenWay(request.Number);
            return;
        }

        // Another term at its index: it was overwritten, and nobody sends it a second time.
        foreach (var pending in _pending.Values.Where(pending => pending.IsOverwrittenBy(entry)).ToArray())
        {
            Cancel(pending, new CancelReason.NotCommitted("The leader that took it lost its term before it was committed."));
        }
    }

    public void OnTick()
    {
        foreach (var pending in _pending.Values.Where(pending => pending.Deadline <= context.Now).ToArray())
        {
            Cancel(
                pending,
                pending.IsSent ? new CancelReason.Unknown() : new CancelReason.NotCommitted("No leader could be reached in time."));
        }

        SendWaiting();
    }

    /// <summary>The engine ends, and nobody will wait for an outcome.</summary>
    public void OnStopped()
    {
        foreach (var pending in _pending.Values.ToArray())
        {
            Cancel(pending, pending.IsSent ? new CancelReason.Unknown() : CancelReason.NotCommitted.EngineStopped);
        }
    }

    private void OpenWay(long answered)
    {
        if (answered == _ahead && !_isWayOpen)
        {
            _isWayOpen = true;
            SendWaiting();
        }
    }

    private void Cancel(Pending pending, CancelReason reason)
    {
        _pending.Remove(pending.Append.Request.Number);
        context.TellActor(new ToActor.Cancelled(ToActor.AnyLife, pending.Append.Request, reason));
    }

    private sealed class Pending(ToEngine.Append append, long deadline)
    {
        public ToEngine.Append Append { get; } = append;

        public long Deadline { get; } = deadline;

        // It may have reached a leader.
        public bool IsSent { get; set; }

        // Where the leader that took it put it.
        public (LogIndex Index, Term Term)? Place { get; set; }

        public bool IsOverwrittenBy(LogEntry entry) => Place is { } place && place.Index == entry.Index && place.Term != entry.Term;
    }
}

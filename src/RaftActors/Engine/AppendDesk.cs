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

    // Those that wait to be sent. Apart, since each call and each commit looks for them, and thousands may be under way.
    private readonly SortedSet<long> _unsent = [];

    // Where leaders put them, until as much is committed.
    private readonly SortedSet<(LogIndex Index, long Number)> _places = [];

    // The way that the last one was sent on, which it was, and whether the leader was heard to be at the end of it.
    private LeaderWay? _way;
    private long _ahead;
    private bool _isWayOpen;

    public int Count => _pending.Count;

    public void Submit(ToEngine.Append append)
    {
        context.Process.TakeOn(append.Request);
        _pending.Add(append.Request.Number, new Pending(append, context.DeadlineAfter(append.Timeout)));
        _unsent.Add(append.Request.Number);
        SendWaiting();
    }

    /// <summary>Sends, in the order of the calls, whatever waits for a leader.</summary>
    public void SendWaiting()
    {
        if (_unsent.Count == 0 || LeaderWay.Find(context) is not { } way)
        {
            return;
        }

        if (way != _way)
        {
            (_way, _ahead, _isWayOpen) = (way, 0, way.Hops == 0);
        }

        while (_unsent.Count > 0 && (_isWayOpen || !IsUnderWay(_ahead)))
        {
            _ahead = _unsent.Min;
            _unsent.Remove(_ahead);
            var pending = _pending[_ahead];
            var request = context.Process.ToId(pending.Append.Request);
            way.Engine.Tell(new WireMessage.AppendRequest(request, pending.Append.Key, pending.Append.Value, way.Hops), context.Self);
        }
    }

    public void OnTaken(WireMessage.AppendTaken taken)
    {
        if (_pending.TryGetValue(taken.Request.Number, out var pending))
        {
            pending.Place = (taken.Index, taken.Term);
            _places.Add((taken.Index, taken.Request.Number));
            OpenWay(taken.Request.Number);
        }
    }

    public void OnRefused(WireMessage.AppendRefused refused)
    {
        if (_pending.TryGetValue(refused.Request.Number, out var pending))
        {
            // Sent again with the next tick, or when a new leader is known: at once would be a busy loop.
            _unsent.Add(refused.Request.Number);
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
        if (repeated.Index <= context.Commit && Remove(repeated.Request.Number))
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
            && Remove(request.Number))
        {
            OpenWay(request.Number);
        }

        // Another term at its index: it was overwritten, and nobody sends it a second time.
        foreach (var pending in TakePlacedUpTo(entry.Index).Where(pending => pending.IsOverwrittenBy(entry)))
        {
            Cancel(pending, new CancelReason.NotCommitted("The leader that took it lost its term before it was committed."));
        }
    }

    /// <summary>A snapshot came in. Whether it stands for an Append that had its place up to there, nobody will say any more.</summary>
    public void OnInstalled(LogIndex last)
    {
        foreach (var pending in TakePlacedUpTo(last).Where(pending => pending.Place?.Index <= last))
        {
            Cancel(pending, new CancelReason.Unknown());
        }
    }

    public void OnTick()
    {
        foreach (var pending in _pending.Values.Where(pending => pending.Deadline <= context.Now).ToArray())
        {
            Cancel(
                pending,
                IsUnderWay(pending)
                    ? new CancelReason.Unknown()
                    : new CancelReason.NotCommitted("No leader could be reached in time."));
        }

        SendWaiting();
    }

    /// <summary>The engine ends, and nobody will wait for an outcome.</summary>
    public void OnStopped()
    {
        foreach (var pending in _pending.Values.ToArray())
        {
            Cancel(pending, IsUnderWay(pending) ? new CancelReason.Unknown() : context.Process.EngineStopped);
        }
    }

    // It may have reached a leader.
    private bool IsUnderWay(long number) => _pending.ContainsKey(number) && !_unsent.Contains(number);

    private bool IsUnderWay(Pending pending) => IsUnderWay(pending.Append.Request.Number);

    private IEnumerable<Pending> TakePlacedUpTo(LogIndex index)
    {
        while (_places.Count > 0 && _places.Min is var place && place.Index <= index)
        {
            _places.Remove(place);
            if (_pending.TryGetValue(place.Number, out var pending))
            {
                yield return pending;
            }
        }
    }

    private bool Remove(long number)
    {
        _unsent.Remove(number);
        return _pending.Remove(number);
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
        Remove(pending.Append.Request.Number);
        context.TellActor(new ToActor.Cancelled(ToActor.AnyLife, pending.Append.Request, reason));
    }

    private sealed class Pending(ToEngine.Append append, long deadline)
    {
        public ToEngine.Append Append { get; } = append;

        public long Deadline { get; } = deadline;

        // Where the leader that took it put it.
        public (LogIndex Index, Term Term)? Place { get; set; }

        public bool IsOverwrittenBy(LogEntry entry) => Place is { } place && place.Index == entry.Index && place.Term != entry.Term;
    }
}

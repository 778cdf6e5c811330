using System.Diagnostics.CodeAnalysis;

using RaftActors.Core;
using RaftActors.Wire;

namespace RaftActors.Engine;

/// <summary>
/// The Appends of this process that have not ended. One is sent when a leader is known, and sent again only after a refusal, which proves
/// that it was written nowhere: so it is in the log at most once. One that was sent and never answered ends as unknown.
/// <para>
/// They reach the leader in the order made. A quorum member on the way may refuse the first, because it does not know the leader yet, and
/// pass on the second. So one Append goes ahead alone, until the leader has answered it.
/// </para>
/// <para>
/// At most <see cref="WindowAppends"/> are under way at a time, and the others wait here: a burst does not flood the leader.
/// </para>
/// </summary>
internal sealed class AppendDesk(EngineContext context)
{
    /// <summary>How many Appends may be under way at a time. Their bytes are bounded by raft.in-flight.size-max.</summary>
    public const int WindowAppends = 4096;

    private readonly Dictionary<long, Pending> _pending = [];
    private readonly Deadlines<Pending> _deadlines = new();

    // Waiting to be sent. Invariant: every number in _refused is below every number in _unsent, since the lowest is always sent first.
    private readonly LinkedList<Pending> _unsent = [];
    private readonly SortedSet<long> _refused = [];

    // Where leaders put them, until as much is committed.
    private readonly SortedSet<(LogIndex Index, long Number)> _places = [];

    private readonly AppendWindow _window = new(WindowAppends, context.Process.Settings.InflightSizeMaxBytes);

    // The way that the last one was sent on, which it was, and whether the leader was heard to be at the end of it.
    private LeaderWay? _way;
    private Pending? _ahead;
    private bool _isWayOpen;

    // Which of the ways to the leader of this term is taken. A refusal moves on to the next one, as soon as all that was sent on the
    // refusing way is answered: what is under way there could still overtake.
    private Term _term;
    private int _detours;
    private bool _isTurnedAway;

    public int Count => _pending.Count;

    private bool HasUnsent => _refused.Count > 0 || _unsent.Count > 0;

    public void Submit(ToEngine.Append append)
    {
        var pending = new Pending(append);
        pending.Deadline = _deadlines.Add(pending, context.DeadlineAfter(append.Timeout));
        pending.Waiting = _unsent.AddLast(pending);
        _pending.Add(pending.Number, pending);
        SendWaiting();
    }

    /// <summary>Sends, in the order of the calls, whatever waits for a leader and has room in the window.</summary>
    public void SendWaiting()
    {
        if (!HasUnsent || FindWay() is not { } way)
        {
            return;
        }

        if (way != _way)
        {
            (_way, _ahead, _isWayOpen) = (way, null, way.Hops == 0);
            _window.Reset(context.Now);
        }

        while ((_isWayOpen || _ahead is not { IsUnderWay: true }) && TryTakeUnsent(out var pending))
        {
            _ahead = pending;
            var request = context.Process.ToId(pending.Append.Request);
            context.Send(way.Engine, new WireMessage.AppendRequest(request, pending.Append.Key, pending.Append.Value, way.Hops));
        }
    }

    public void OnTaken(WireMessage.AppendTaken taken)
    {
        if (_pending.TryGetValue(taken.Request.Number, out var pending))
        {
            Forget(pending.Place, pending.Number);
            pending.Place = (taken.Index, taken.Term);
            _places.Add((taken.Index, pending.Number));
            _window.HeardAt = context.Now;
            OpenWay(pending);
        }
    }

    public void OnRefused(WireMessage.AppendRefused refused)
    {
        if (!_pending.TryGetValue(refused.Request.Number, out var pending) || !pending.IsUnderWay)
        {
            return;
        }

        // Sent again with the next tick, or when a new leader is known: at once would be a busy loop.
        _isTurnedAway |= _window.Holds(pending);
        _window.Release(pending, context.Now);
        pending.IsUnderWay = false;
        _refused.Add(pending.Number);
        _isWayOpen = _way is { Hops: 0 };
    }

    public void OnDiscarded(WireMessage.AppendDiscarded discarded)
    {
        if (_pending.TryGetValue(discarded.Request.Number, out var pending))
        {
            Cancel(pending, new CancelReason.NotCommitted(discarded.Reason));
            OpenWay(pending);
        }
    }

    /// <summary>It was in the log already, and is committed: if not here yet, then soon.</summary>
    public void OnRepeated(WireMessage.AppendRepeated repeated)
    {
        if (repeated.Index <= context.Commit && _pending.TryGetValue(repeated.Request.Number, out var pending))
        {
            End(pending);
            OpenWay(pending);
        }
    }

    /// <summary>Nobody can tell any more whether it was appended.</summary>
    public void OnForgotten(WireMessage.AppendForgotten forgotten)
    {
        if (_pending.TryGetValue(forgotten.Request.Number, out var pending))
        {
            Cancel(pending, new CancelReason.Unknown());
            OpenWay(pending);
        }
    }

    /// <summary>
    /// An entry is committed: an Append of this process, or one that took the place of such. After the last one call
    /// <see cref="SendWaiting"/>.
    /// </summary>
    public void OnCommitted(LogEntry entry)
    {
        if (entry.Payload is Payload.Pair { Request: { } request }
            && _pending.Count > 0
            && request.Origin == context.Process.Member
            && _pending.TryGetValue(request.Number, out var own))
        {
            End(own);
            OpenWay(own);
        }

        // Another term at its index: it was overwritten, and nobody sends it a second time.
        while (TryTakePlaced(entry.Index) is { } pending)
        {
            if (pending.IsOverwrittenBy(entry))
            {
                Cancel(pending, new CancelReason.NotCommitted("The leader that took it lost its term before it was committed."));
            }
        }
    }

    /// <summary>A snapshot came in. Whether it covers an Append that had its place up to there, nobody will say any more.</summary>
    public void OnInstalled(LogIndex last)
    {
        while (TryTakePlaced(last) is { } pending)
        {
            if (pending.Place?.Index <= last)
            {
                Cancel(pending, new CancelReason.Unknown());
            }
        }
    }

    public void OnTick()
    {
        while (_deadlines.TryTakeDue(context.Now, out var pending))
        {
            Cancel(pending, pending.IsUnderWay ? new CancelReason.Unknown() : NotSentInTime());
        }

        if (HasUnsent && context.Now - _window.HeardAt >= context.Process.Settings.ToTicks(context.Process.Settings.ElectionTimeoutMax))
        {
            // No answer for so long: what was under way is probably lost, and must not hold up the others until its time is up.
            _window.Reset(context.Now);
        }

        SendWaiting();
    }

    /// <summary>The engine ends, and nobody will wait for an outcome.</summary>
    public void OnStopped()
    {
        foreach (var pending in _pending.Values.OrderBy(pending => pending.Number).ToArray())
        {
            Cancel(pending, pending.IsUnderWay ? new CancelReason.Unknown() : context.Process.EngineStopped);
        }
    }

    private LeaderWay? FindWay()
    {
        if (context.Leader is { } leader && leader.Term != _term)
        {
            (_term, _detours, _isTurnedAway) = (leader.Term, 0, false);
        }
        else if (_isTurnedAway && _ahead is not { IsUnderWay: true })
        {
            (_detours, _isTurnedAway) = (_detours + 1, false);
        }

        return LeaderWay.Find(context, _detours);
    }

    private CancelReason.NotCommitted NotSentInTime() => new(LeaderWay.Find(context) is null
        ? "No leader could be reached in time."
        : "It waited for earlier Appends of this process until its time was up. Append it again later.");

    private bool TryTakeUnsent([NotNullWhen(true)] out Pending? pending)
    {
        pending = _refused.Count > 0 ? _pending[_refused.Min] : _unsent.First?.Value;
        if (pending is null || !_window.TryEnter(pending, context.Now))
        {
            return false;
        }

        StopWaiting(pending);
        pending.IsUnderWay = true;
        return true;
    }

    private void StopWaiting(Pending pending)
    {
        if (pending.Waiting is { } node)
        {
            _unsent.Remove(node);
            pending.Waiting = null;
        }
        else if (!pending.IsUnderWay)
        {
            _refused.Remove(pending.Number);
        }
    }

    private Pending? TryTakePlaced(LogIndex index)
    {
        if (_places.Count == 0 || _places.Min is var place && place.Index > index)
        {
            return null;
        }

        _places.Remove(place);
        return _pending[place.Number];
    }

    private void OpenWay(Pending answered)
    {
        if (answered == _ahead && !_isWayOpen)
        {
            _isWayOpen = true;
            SendWaiting();
        }
    }

    private void Cancel(Pending pending, CancelReason reason)
    {
        End(pending);
        context.TellActor(new ToActor.Cancelled(ToActor.AnyLife, pending.Append.Request, reason));
    }

    private void End(Pending pending)
    {
        _pending.Remove(pending.Number);
        StopWaiting(pending);
        _deadlines.Remove(pending.Deadline);
        Forget(pending.Place, pending.Number);
        _window.Release(pending, context.Now);
        pending.IsUnderWay = false;
    }

    private void Forget((LogIndex Index, Term Term)? place, long number)
    {
        if (place is { } known)
        {
            _places.Remove((known.Index, number));
        }
    }

    /// <summary>
    /// What is under way to one leader on one way. A reset forgets what is lost or went another way, so that it holds up nothing.
    /// </summary>
    private sealed class AppendWindow(int maxCount, long maxBytes)
    {
        private long _epoch;
        private int _count;
        private long _bytes;

        // The last tick at which something was heard of an Append, or the window was empty.
        public long HeardAt { get; set; }

        public void Reset(long now)
        {
            _epoch++;
            (_count, _bytes, HeardAt) = (0, 0, now);
        }

        public bool Holds(Pending pending) => pending.Epoch == _epoch;

        /// <summary>One is always let in, however large.</summary>
        public bool TryEnter(Pending pending, long now)
        {
            if (_count > 0 && (_count >= maxCount || _bytes + pending.Append.Value.Length > maxBytes))
            {
                return false;
            }

            HeardAt = _count == 0 ? now : HeardAt;
            _count++;
            _bytes += pending.Append.Value.Length;
            pending.Epoch = _epoch;
            return true;
        }

        public void Release(Pending pending, long now)
        {
            if (pending.IsUnderWay && Holds(pending))
            {
                _count--;
                _bytes -= pending.Append.Value.Length;
                HeardAt = now;
            }
        }
    }

    private sealed class Pending(ToEngine.Append append)
    {
        public ToEngine.Append Append { get; } = append;

        public long Number { get; } = append.Request.Number;

        public LinkedListNode<Pending> Deadline { get; set; } = null!;

        // In _unsent, until it is sent the first time.
        public LinkedListNode<Pending>? Waiting { get; set; }

        // It may have reached a leader.
        public bool IsUnderWay { get; set; }

        // Of the window that it entered last.
        public long Epoch { get; set; }

        // Where the leader that took it put it.
        public (LogIndex Index, Term Term)? Place { get; set; }

        public bool IsOverwrittenBy(LogEntry entry) => Place is { } place && place.Index == entry.Index && place.Term != entry.Term;
    }
}

using System.Diagnostics.CodeAnalysis;

using RaftActors.Core;
using RaftActors.Wire;

namespace RaftActors.Engine.Requests;

/// <summary>
/// The Appends of this process's actor that have not ended. An Append is sent when a leader is known. It is sent again only after a
/// refusal, which proves that nothing was written. So a pair is in the log at most once. An Append without an answer ends as unknown.
/// <para>
/// Appends reach the leader in the order made. At most <see cref="WindowAppends"/> are under way at a time, so that a burst does not flood
/// the leader. The others wait.
/// </para>
/// </summary>
internal sealed class PendingAppends(EngineContext context)
{
    /// <summary>The maximum number of Appends under way. raft.in-flight.size-max bounds their bytes.</summary>
    public const int WindowAppends = 4096;

    private readonly Dictionary<long, Pending> _pending = [];
    private readonly Deadlines<Pending> _deadlines = new();

    // Appends to send. Invariant: each number in _refused is below each number in _unsent, because the lowest is sent first.
    private readonly LinkedList<Pending> _unsent = [];
    private readonly SortedSet<long> _refused = [];

    // The numbers of Appends by their place in the log of a leader, until that index is committed. Some have ended, or have another place.
    private readonly PriorityQueue<long, LogIndex> _places = new();

    private readonly AppendWindow _window = new(WindowAppends, context.Process.Settings.Limits.InflightSizeMaxBytes);

    // The way of the latest Append.
    private LeaderRoute? _way;

    // The latest committed entry of a later term than those before it.
    private LogPlace _newTerm;

    public int Count => _pending.Count;

    private bool HasUnsent => _refused.Count > 0 || _unsent.Count > 0;

    public void Submit(ToEngine.Append append)
    {
        if (append.Fault is { } fault)
        {
            context.CancelAppend(append.Request, new CancelReason.NotCommitted(NotCommittedReason.Invalid, fault));
            return;
        }

        if (context.Stopping.IsStopping)
        {
            context.CancelAppend(append.Request, StopPreparation.NodeStops);
            return;
        }

        // A repeat must not hear that its pair is not committed while the log has it.
        if (context.Hold.Refusal is { } refusal
            && context.Find(context.Process.ToId(append.Request), append.RequestKey?.Hash) is null)
        {
            context.CancelAppend(append.Request, refusal);
            return;
        }

        var pending = new Pending(append);
        pending.Deadline = _deadlines.Add(pending, context.DeadlineAfter(append.Timeout));
        _pending.Add(pending.Number, pending);
        if (append.Span is { } span)
        {
            context.Traces.Note(context.Process.ToId(append.Request), span.Context);
        }

        if (HasUnsent || TakeWay() is not { } way || !_window.TryEnter(pending, context.Now))
        {
            pending.Waiting = _unsent.AddLast(pending);
            SendWaiting();
        }
        else
        {
            Send(pending, way);
        }
    }

    /// <summary>Sends the waiting Appends that the window has room for, in the order made.</summary>
    public void SendWaiting()
    {
        if (!HasUnsent || TakeWay() is not { } way)
        {
            return;
        }

        while (TryTakeUnsent(out var pending))
        {
            Send(pending, way);
            if (_refused.Contains(pending.Number))
            {
                return; // This process leads and has no actor now. Sending again at once would be a busy loop.
            }
        }
    }

    public void Receive(AppendReply reply)
    {
        if (!_pending.TryGetValue(reply.Request.Number, out var pending))
        {
            return;
        }

        switch (reply)
        {
            case AppendReply.Taken taken:
                Put(pending, taken.Place);
                break;
            case AppendReply.Refused when pending.IsUnderWay:
                SendLater(pending);
                break;
            case AppendReply.Cancelled cancelled:
                Cancel(pending, cancelled.Reason);
                break;
            case AppendReply.Committed committed:
                End(pending);
                context.EndRepeated(pending.Append.Request, committed.Serial);
                break;
        }
    }

    /// <summary>
    /// An entry is committed: an Append of this process, or an entry in the place of one. After the last entry call
    /// <see cref="SendWaiting"/>.
    /// </summary>
    public void OnCommitted(LogEntry entry)
    {
        if (_pending.Count > 0
            && entry.Request is { } request
            && request.Origin == context.Process.Member
            && _pending.TryGetValue(request.Number, out var own))
        {
            End(own);
        }

        while (TryTakePlaced(entry.Index) is { } pending)
        {
            EndIfOverwritten(pending, entry.Index, entry.Term);
        }

        OnTerm(entry.Index, entry.Term);
    }

    /// <summary>
    /// A snapshot up to this position was installed. An Append with a place in it ends as unknown: its entry is compacted.
    /// </summary>
    public void OnInstalled(LogPosition last)
    {
        while (TryTakePlaced(last.Index) is { } pending)
        {
            Cancel(pending, new CancelReason.Unknown(UnknownReason.Compacted));
        }

        OnTerm(last.Index, last.Term);
    }

    public void OnTick()
    {
        while (_deadlines.TryTakeDue(context.Now, out var pending))
        {
            CancelLate(pending);
        }

        var timing = context.Process.Settings.Timing;
        if (HasUnsent && context.Now - _window.HeardAt >= timing.ToTicks(timing.ElectionTimeoutMax))
        {
            // After an election timeout without an answer, the Appends under way are probably lost. They must not hold up the others.
            _window.Reset(context.Now);
        }

        SendWaiting();
    }

    /// <summary>The engine stops.</summary>
    public void OnStopped()
    {
        foreach (var pending in _pending.Values.OrderBy(pending => pending.Number).ToArray())
        {
            Cancel(pending, pending.IsUnderWay ? new CancelReason.Unknown(UnknownReason.Stopped) : context.Process.EngineStopped);
        }
    }

    private WireMessage.AppendRequest ToMessage(Pending pending)
    {
        var (request, key, value) = (context.Process.ToId(pending.Append.Request), pending.Append.Key, pending.Append.Value);
        return new WireMessage.AppendRequest(request, key, value, IsRetry: false, pending.Append.RequestKey);
    }

    private void Put(Pending pending, LogPlace place)
    {
        pending.Place = place;
        _places.Enqueue(pending.Number, place.Index);
        _window.HeardAt = context.Now;

        // The answer may come late.
        EndIfOverwritten(pending, _newTerm.Index, _newTerm.Term);
    }

    // Otherwise an Append that a deposed leader had taken would wait until the next one comes, and in a group without others for ever.
    private void OnTerm(LogIndex committed, Term term)
    {
        if (term > _newTerm.Term)
        {
            _newTerm = new LogPlace(committed, term);
            foreach (var pending in _pending.Values.OrderBy(pending => pending.Number).ToArray())
            {
                EndIfOverwritten(pending, committed, term);
            }
        }
    }

    // No process sends it again.
    private void EndIfOverwritten(Pending pending, LogIndex committed, Term term)
    {
        if (pending.Place?.IsOverwrittenBy(committed, term) == true)
        {
            var detail = "The leader that took it lost its term before it was committed. Append it again.";
            Cancel(pending, new CancelReason.NotCommitted(NotCommittedReason.Overwritten, detail));
        }
    }

    // With the next tick, or when a new leader is known. Sending at once would be a busy loop.
    private void SendLater(Pending pending)
    {
        _window.Release(pending, context.Now);
        pending.IsUnderWay = false;
        _refused.Add(pending.Number);
    }

    private LeaderRoute? TakeWay()
    {
        var way = LeaderRoute.Find(context);
        if (way is not null && way != _way)
        {
            _way = way;
            _window.Reset(context.Now);
        }

        return way;
    }

    private void CancelLate(Pending pending)
    {
        if (pending.IsUnderWay)
        {
            Cancel(pending, new CancelReason.Unknown(UnknownReason.TimedOut));
        }
        else if (LeaderRoute.Find(context) is null)
        {
            Cancel(pending, new CancelReason.NotCommitted(NotCommittedReason.NoLeader, "No leader could be reached in time."));
        }
        else
        {
            var detail = "It waited for earlier Appends of this process until its timeout. Append it again later.";
            Cancel(pending, new CancelReason.NotCommitted(NotCommittedReason.Busy, detail));
        }
    }

    private bool TryTakeUnsent([NotNullWhen(true)] out Pending? pending)
    {
        pending = _refused.Count > 0 ? _pending[_refused.Min] : _unsent.First?.Value;
        if (pending is null || !_window.TryEnter(pending, context.Now))
        {
            return false;
        }

        StopWaiting(pending);
        return true;
    }

    private void Send(Pending pending, LeaderRoute way)
    {
        pending.IsUnderWay = true;
        context.Send(way.Engine, ToMessage(pending));
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
        while (_places.TryPeek(out var number, out var place) && place <= index)
        {
            _places.Dequeue();
            if (_pending.TryGetValue(number, out var pending) && pending.Place?.Index == place)
            {
                return pending;
            }
        }

        return null;
    }

    private void Cancel(Pending pending, CancelReason reason)
    {
        End(pending);
        context.CancelAppend(pending.Append.Request, reason);
    }

    private void End(Pending pending)
    {
        _pending.Remove(pending.Number);
        StopWaiting(pending);
        _deadlines.Remove(pending.Deadline);
        _window.Release(pending, context.Now);
        pending.IsUnderWay = false;
    }

    /// <summary>
    /// The Appends under way to one leader. A reset forgets those that are lost or went to another one, so that they hold up nothing.
    /// </summary>
    private sealed class AppendWindow(int maxCount, long maxBytes)
    {
        private long _epoch;
        private int _count;
        private long _bytes;

        // The last tick with an answer to an Append, or with an empty window.
        public long HeardAt { get; set; }

        public void Reset(long now)
        {
            _epoch++;
            (_count, _bytes, HeardAt) = (0, 0, now);
        }

        /// <summary>An empty window takes one Append of any size.</summary>
        public bool TryEnter(Pending pending, long now)
        {
            if (_count > 0 && (_count >= maxCount || _bytes + pending.Size > maxBytes))
            {
                return false;
            }

            HeardAt = _count == 0 ? now : HeardAt;
            _count++;
            _bytes += pending.Size;
            pending.Epoch = _epoch;
            return true;
        }

        public void Release(Pending pending, long now)
        {
            if (pending.IsUnderWay && pending.Epoch == _epoch)
            {
                _count--;
                _bytes -= pending.Size;
                HeardAt = now;
            }
        }
    }

    private sealed class Pending(ToEngine.Append append)
    {
        public ToEngine.Append Append { get; } = append;

        public long Number => Append.Request.Number;

        public long Size => (3 * Append.Key.Length) + Append.Value.Length;

        public LinkedListNode<Pending> Deadline { get; set; } = null!;

        // The node in _unsent, until the Append is sent for the first time.
        public LinkedListNode<Pending>? Waiting { get; set; }

        // The Append may have reached a leader.
        public bool IsUnderWay { get; set; }

        // The epoch of the window when the Append entered it last.
        public long Epoch { get; set; }

        // Set by the answer of the leader that took the Append.
        public LogPlace? Place { get; set; }
    }
}

using RaftActors.Core;
using RaftActors.Engine;

namespace RaftActors.Delivery;

/// <summary>
/// Decides, for one life of an actor, which callback comes next: takes what the engine says, in order, and gives steps. It keeps the
/// promise that each serial is handed over once, by HandleSerial or by HandleAppend. A pending Get claims its serial for HandleSerial
/// until it is answered or cancelled; everything else is HandleAppend's. A snapshot takes the place of all pairs up to its serial, and of
/// the actor's whole state: what the actor had been handed beyond it is handed again. Not thread-safe: the actor's own.
/// </summary>
internal sealed class DeliveryOrder(Serial lastSerial, LearnerDelivery learnerDelivery)
{
    private readonly Queue<DeliveryStep> _notices = [];
    private readonly PendingGets _gets = new();
    private readonly SortedDictionary<Serial, ToActor.Committed> _committed = [];
    private readonly SortedDictionary<ProcessName, Peer> _peers = [];
    private readonly SortedSet<Serial> _owed = [];
    private readonly Queue<ToActor.Readable> _queries = [];

    private HandedSerials _handed = new(lastSerial);

    // What stands between the actor and everything else: a snapshot up to here, or further.
    private Serial? _snapshot;

    // Pairs up to here came as a snapshot.
    private Serial _restored;
    private bool _isStateWanted;
    private bool _isGivenUp;

    // The leader's serial when this life first heard of one: what is at or below it and not handed is missing; what is above it is new.
    private Serial? _baseline;

    // Everything up to here was either handed or told by HandleMissing.
    private Serial _reported = lastSerial;
    private SerialRange? _lastGap;
    private Serial _firstNew;

    // As HandleLeader told it last.
    private Leader? _shownLeader;

    // The last known membership. It outlives the loss of the quorum: what is committed is handed over all the same.
    private bool? _isMember;

    /// <summary>The highest serial handed over, or had at the start.</summary>
    public Serial Serial => _handed.Highest;

    public Quorum? Quorum { get; private set; }

    /// <summary>Learners know it too, although HandleLeader does not tell them.</summary>
    public Leader? Leader { get; private set; }

    public IReadOnlyList<Peer> Peers => [.. _peers.Values];

    /// <summary>Cancellations of Appends whose HandleCancel has not been called. A restart must pass them on to the next life.</summary>
    public IEnumerable<DeliveryStep.Cancel> HeldCancellations =>
        _notices.OfType<DeliveryStep.Cancel>().Where(cancel => cancel.IsAppend);

    private bool IsAsCommitted => _isMember == false && learnerDelivery == LearnerDelivery.AsCommitted;

    /// <summary>The actor asked for this serial; the answer or the cancellation will be taken later.</summary>
    public void Asked(RequestRef request, Serial serial)
    {
        _gets.Add(request, serial);
        _owed.Remove(serial);
    }

    /// <summary>The actor will ask for all of this, when <see cref="NextReserved"/> gives it.</summary>
    public void Reserve(SerialRange range)
    {
        _gets.Reserve(range);
        _owed.RemoveWhere(serial => range.First <= serial && serial <= range.Last);
    }

    /// <summary>The next serial to ask for, or null: there is none, or as many Gets as the window holds are pending.</summary>
    public Serial? NextReserved(int window) => _gets.NextReserved(window);

    /// <summary>Nothing comes any more: what is pending is unavailable, and there is neither leader nor quorum.</summary>
    public void LoseEngine()
    {
        foreach (var request in _gets.Unanswered())
        {
            TakeCancelled(new ToActor.Cancelled(ToActor.AnyLife, request, new CancelReason.Unavailable()));
        }

        TakeLeader(null);
        TakeQuorum(null);
    }

    public void Take(ToActor message)
    {
        switch (message)
        {
            case ToActor.PeerMet met:
                _peers[met.Peer.Pid.Name] = met.Peer;
                _notices.Enqueue(new DeliveryStep.PeerMet(met.Peer));
                break;
            case ToActor.QuorumIs quorum:
                TakeQuorum(quorum.Quorum);
                break;
            case ToActor.LeaderIs leader:
                TakeLeader(leader.Leader);
                break;
            case ToActor.Committed committed when IsWanted(committed.Pair.Serial):
                _committed[committed.Pair.Serial] = committed;
                break;
            case ToActor.Committed { Request: { } own } committed:
                // It was fetched, or is in a snapshot: whoever appended it is told all the same.
                _notices.Enqueue(new DeliveryStep.Completed(own, committed.Pair.Serial));
                break;
            case ToActor.Restore restore when restore.Serial >= _handed.FirstMissing:
                _snapshot = restore.Serial;
                break;
            case ToActor.TakeSnapshot:
                _isStateWanted = true;
                break;
            case ToActor.Answered answered:
                _gets.Answer(answered.Request, answered.Pair);
                break;
            case ToActor.Readable readable:
                _queries.Enqueue(readable);
                break;
            case ToActor.Cancelled cancelled:
                TakeCancelled(cancelled);
                break;
        }
    }

    /// <summary>The callback to make now, or null: nothing is due until more is taken. What it hands over counts as handed.</summary>
    public DeliveryStep? TryTakeNext()
    {
        if (_notices.TryDequeue(out var notice))
        {
            return notice;
        }

        if (_snapshot is { } snapshot)
        {
            return _isGivenUp ? null : new DeliveryStep.Restore(snapshot);
        }

        return TryTakeQuery() ?? TryTakeMissing() ?? TryTakeAnswer() ?? TryTakeAppend() ?? (DeliveryStep?)TryTakeSnapshot();
    }

    /// <summary>The snapshot that is due cannot be read, nor anything after it be handed over.</summary>
    public void GiveUp() => _isGivenUp = true;

    /// <summary>
    /// The actor has taken the state of a snapshot up to this serial. As long as it has not, the step is due again: without it the actor
    /// has nothing that the next pair could be added to.
    /// </summary>
    public void Restored(Serial serial)
    {
        _snapshot = null;
        _restored = serial;
        _owed.UnionWith(_handed.AheadOf(serial));
        _owed.RemoveWhere(each => each <= serial);
        _handed = new HandedSerials(serial);
        _gets.ReleaseTo(serial);
        _reported = serial > _reported ? serial : _reported;

        // New pairs that were handed over ahead of the snapshot are to be handed over again, so it is looked for them from the start.
        _firstNew = (_baseline is { } baseline && baseline > serial ? baseline : serial).Next;
        while (_committed.Count > 0 && _committed.First() is var (first, committed) && first <= serial)
        {
            _committed.Remove(first);
            if (committed.Request is { } own)
            {
                _notices.Enqueue(new DeliveryStep.Completed(own, first));
            }
        }
    }

    private void TakeQuorum(Quorum? quorum)
    {
        // Its configuration may be another one, the quorum is the same: the actor is not called again.
        var isNews = quorum is null ? Quorum is not null : !quorum.HasSameMembersAs(Quorum);
        Quorum = quorum;
        _isMember = quorum?.IsMember ?? _isMember;
        if (isNews)
        {
            _notices.Enqueue(new DeliveryStep.QuorumChanged(quorum));
        }

        ShowLeader();
    }

    private void TakeLeader(Leader? leader)
    {
        if (leader is not null && _baseline is null)
        {
            _baseline = leader.Serial;
            _firstNew = leader.Serial.Next;
        }

        Leader = leader;
        ShowLeader();
    }

    // Also when only the membership changed: a new member is told who leads, and a former member that nobody leads it.
    private void ShowLeader()
    {
        var shown = _isMember == true ? Leader : null;
        var isNews = (shown?.Pid.Name, shown?.Term, shown?.IsReady) != (_shownLeader?.Pid.Name, _shownLeader?.Term, _shownLeader?.IsReady);
        _shownLeader = shown;
        if (isNews)
        {
            _notices.Enqueue(new DeliveryStep.LeaderChanged(shown));
        }
    }

    private void TakeCancelled(ToActor.Cancelled cancelled)
    {
        var got = _gets.Remove(cancelled.Request);
        if (got is { } serial && serial <= _reported && !IsTakenCareOf(serial))
        {
            _owed.Add(serial);
        }

        var isAppend = got is null && cancelled.Life == ToActor.AnyLife;
        _notices.Enqueue(new DeliveryStep.Cancel(cancelled.Request, cancelled.Reason, isAppend));
    }

    // Members are told when they learn of their leader. As-committed learners never hear of one: they are told after the first pair
    // above the baseline. A gap ends where a pair is handed or claimed already.
    private DeliveryStep.Missing? TryTakeMissing()
    {
        SettleLastGap();
        if (_baseline is not { } last || !(_isMember == true || (IsAsCommitted && _handed.Highest > last)))
        {
            return null;
        }

        var first = _reported.Next;
        while (first <= last && IsTakenCareOf(first))
        {
            first = first.Next;
        }

        if (first > last)
        {
            _reported = last > _reported ? last : _reported;
            return null;
        }

        var end = first;
        while (end < last && !IsTakenCareOf(end.Next))
        {
            end = end.Next;
        }

        _reported = end;
        _lastGap = new SerialRange(first, end);
        return new DeliveryStep.Missing(_lastGap.Value);
    }

    // After HandleMissing: what it did not ask for is owed through HandleAppend.
    private void SettleLastGap()
    {
        if (_lastGap is { } gap)
        {
            _owed.UnionWith(gap.Where(serial => !IsTakenCareOf(serial)));
            _lastGap = null;
        }
    }

    // With a snapshot to come, what was handed ahead of it is handed again.
    private bool IsWanted(Serial serial) => _snapshot is { } snapshot ? serial > snapshot : !_handed.Contains(serial);

    private bool IsTakenCareOf(Serial serial) => _handed.Contains(serial) || _gets.IsClaimed(serial);

    // Everything up to its serial must have been handed over, without a hole; serials of later queries are not lower.
    private DeliveryStep.Query? TryTakeQuery() =>
        _queries.TryPeek(out var next) && next.Serial < _handed.FirstMissing ? new DeliveryStep.Query(_queries.Dequeue().Request) : null;

    private DeliveryStep? TryTakeAnswer()
    {
        if (_gets.TryTakeAnswered() is not { } answer)
        {
            return null;
        }

        var own = _committed.GetValueOrDefault(answer.Pair.Serial)?.Request;
        if (!MarkHanded(answer.Pair.Serial))
        {
            return new DeliveryStep.Cancel(
                answer.Request,
                answer.Pair.Serial <= _restored ? new CancelReason.Compacted() : new CancelReason.AlreadyDelivered());
        }

        return new DeliveryStep.Answer(answer.Pair, answer.Request, own);
    }

    private DeliveryStep.Append? TryTakeAppend()
    {
        if (IsAsCommitted)
        {
            return TryTakeNew() ?? (_owed.Count > 0 ? TryTakeAppend(_owed.Min) : null);
        }

        var isInOrder = _isMember == false || (_isMember == true && _baseline is not null);
        return isInOrder && !_gets.IsClaimed(_handed.FirstMissing) ? TryTakeAppend(_handed.FirstMissing) : null;
    }

    private DeliveryStep.Append? TryTakeNew()
    {
        if (_baseline is null)
        {
            return null;
        }

        while (_handed.Contains(_firstNew))
        {
            _firstNew = _firstNew.Next;
        }

        var serial = _firstNew;
        while (IsTakenCareOf(serial))
        {
            serial = serial.Next;
        }

        return TryTakeAppend(serial);
    }

    private DeliveryStep.Append? TryTakeAppend(Serial serial)
    {
        if (!_committed.Remove(serial, out var committed))
        {
            return null;
        }

        MarkHanded(serial);
        return new DeliveryStep.Append(committed.Pair, committed.Request);
    }

    // A state with holes in it is that of no serial.
    private DeliveryStep.TakeSnapshot? TryTakeSnapshot()
    {
        if (!_isStateWanted || _handed.HasHoles)
        {
            return null;
        }

        _isStateWanted = false;
        return new DeliveryStep.TakeSnapshot(_handed.Highest);
    }

    private bool MarkHanded(Serial serial)
    {
        _owed.Remove(serial);
        _committed.Remove(serial);
        return _handed.Add(serial);
    }
}

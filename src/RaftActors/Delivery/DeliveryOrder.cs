using RaftActors.Core;
using RaftActors.Engine;

namespace RaftActors.Delivery;

/// <summary>
/// Decides, for one life of an actor, which callback comes next: takes the engine's messages in order and returns steps. It reads committed
/// pairs from the process when they are due.
/// <para>
/// Invariant: each serial is delivered once, by HandleSerial or by HandleAppend. A pending Get claims its serial for HandleSerial until it
/// is answered or cancelled. HandleAppend delivers every other serial.
/// </para>
/// <para>
/// A snapshot replaces all pairs up to its serial, and the actor's whole state. So pairs above it that were delivered before are delivered
/// again.
/// </para>
/// Not thread-safe: the actor's own.
/// </summary>
/// <param name="lastSerial">The last serial that the actor has at its start.</param>
/// <param name="ownRef">The Append of a pair, if this process made it.</param>
internal sealed class DeliveryOrder(
    Serial lastSerial, LearnerDelivery learnerDelivery, CommittedPairs pairs, Func<StoredPair, RequestRef?> ownRef)
{
    private readonly Queue<DeliveryStep> _notices = [];
    private readonly PendingGets _gets = new();
    private readonly CommittedReader _committed = new(pairs, lastSerial);
    private readonly SortedDictionary<ProcessName, Peer> _peers = [];
    private readonly Queue<ToActor.Readable> _queries = [];

    private DeliveredSerials _delivered = new(lastSerial);

    // Gets up to here are answered from this process's own pairs.
    private Serial _own;

    // No pair is delivered before a snapshot up to here, or further, is restored.
    private Serial? _snapshot;

    // The snapshot may be restored now: once after each message. Otherwise an actor that fails to restore it and is resumed would loop.
    private bool _mayRestore;

    // Pairs up to here came in a snapshot.
    private Serial _restored;
    private bool _isStateWanted;
    private bool _isGivenUp;

    // The leader's serial when this life first learned of a leader. Undelivered pairs up to here are missing; those above it are new.
    private Serial? _baseline;

    // HandleMissing has reported the undelivered pairs up to here.
    private Serial _reported = lastSerial;
    private Serial _firstNew;

    // Invariant: every reported serial below it is delivered or claimed.
    private Serial _firstOwed = lastSerial.Next;

    // The leader as HandleLeader reported it last.
    private Leader? _shownLeader;

    // The last known membership. Deliveries go on without a quorum, so the loss of the quorum does not reset it.
    private bool? _isMember;

    /// <summary>The highest serial that was delivered, or that the actor had at its start.</summary>
    public Serial Serial => _delivered.Highest;

    public Quorum? Quorum { get; private set; }

    /// <summary>Known on learners too, although HandleLeader is not called there.</summary>
    public Leader? Leader { get; private set; }

    public IReadOnlyList<Peer> Peers => [.. _peers.Values];

    /// <summary>Cancellations of Appends whose HandleCancel has not been called. A restart must pass them on to the next life.</summary>
    public IEnumerable<DeliveryStep.Cancel> HeldCancellations =>
        _notices.OfType<DeliveryStep.Cancel>().Where(cancel => cancel.IsAppend);

    /// <summary>The next serial of a range is answered from this process's own pairs, without a request to the engine.</summary>
    public bool HasOwnAnswer => OwnAnswer is not null;

    private bool IsAsCommitted => _isMember == false && learnerDelivery == LearnerDelivery.AsCommitted;

    // A delivered serial is not answered but cancelled, and a cancellation needs a request.
    private StoredPair? OwnAnswer =>
        _gets.FirstReserved is { } serial && serial <= _own && !_delivered.Contains(serial) ? _committed.TryRead(serial) : null;

    /// <summary>The actor requested this serial. Its answer or cancellation will be taken later.</summary>
    public void Asked(RequestRef request, Serial serial) => _gets.Add(request, serial);

    /// <summary>Claims a range of serials. The actor requests each of them when <see cref="NextReserved"/> returns it.</summary>
    public void Reserve(SerialRange range) => _gets.Reserve(range);

    /// <summary>The next serial to request; null if there is none, or that many Gets are pending.</summary>
    public Serial? NextReserved(int window) => HasOwnAnswer ? null : _gets.TakeReserved(window);

    /// <summary>The engine has stopped: pending Gets end as unavailable, and there is neither leader nor quorum.</summary>
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
        _mayRestore = true;
        switch (message)
        {
            case ToActor.Attached attached:
                _own = attached.Own;
                break;
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
            case ToActor.Committed committed:
                TakeCommitted(committed.Take());
                break;
            case ToActor.Restore restore when restore.Serial >= _delivered.FirstMissing:
                _snapshot = restore.Serial > _snapshot ? restore.Serial : _snapshot ?? restore.Serial;
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

    /// <summary>
    /// The callback to make now; null: nothing is due before more is taken. The pair of the step counts as delivered.
    /// </summary>
    public DeliveryStep? TryTakeNext()
    {
        if (_notices.TryDequeue(out var notice))
        {
            return notice;
        }

        if (_snapshot is { } snapshot)
        {
            var mayRestore = _mayRestore && !_isGivenUp;
            _mayRestore = false;
            return mayRestore ? new DeliveryStep.Restore(snapshot) : null;
        }

        return TryTakeQuery() ?? TryTakeMissing() ?? TryTakeAnswer() ?? TryTakeAppend() ?? (DeliveryStep?)TryTakeSnapshot();
    }

    /// <summary>The snapshot cannot be read, so nothing more is delivered.</summary>
    public void GiveUp() => _isGivenUp = true;

    /// <summary>
    /// The actor has restored a snapshot up to this serial. Until this call the step is due again with each message: the next pair needs
    /// the state of the snapshot.
    /// </summary>
    public void Restored(Serial serial)
    {
        _snapshot = null;
        _restored = serial;
        _delivered = new DeliveredSerials(serial);
        _gets.ReleaseTo(serial);
        _committed.Release(serial);
        _reported = serial > _reported ? serial : _reported;
        _firstOwed = serial.Next;

        // New pairs that were delivered ahead of the snapshot are delivered again, so the search starts anew.
        _firstNew = (_baseline is { } baseline && baseline > serial ? baseline : serial).Next;
    }

    private void TakeQuorum(Quorum? quorum)
    {
        // Another configuration with the same members is no change for the actor.
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

    // Also called when only the membership changed. A new member is told of the leader, and a former member that there is none.
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

    // An Append of this process whose pair was fetched before it was released ends here. Pairs above a snapshot that is to be restored
    // are delivered again, and end then.
    private void TakeCommitted(Serial serial)
    {
        var next = _committed.Released.Next;
        _committed.Release(serial);
        var last = _snapshot < _delivered.Highest ? _snapshot.Value : _delivered.Highest;
        for (; next <= serial && next <= last; next = next.Next)
        {
            if (_delivered.Contains(next) && OwnRef(next) is { } own)
            {
                _notices.Enqueue(new DeliveryStep.Completed(own, next));
            }
        }
    }

    private void TakeCancelled(ToActor.Cancelled cancelled)
    {
        var got = _gets.Remove(cancelled.Request);
        if (got is { } serial && serial < _firstOwed && !IsTakenCareOf(serial))
        {
            _firstOwed = serial;
        }

        var isAppend = got is null && cancelled.Life == ToActor.AnyLife;
        _notices.Enqueue(new DeliveryStep.Cancel(cancelled.Request, cancelled.Reason, isAppend));
    }

    // A member is told after its first HandleLeader. An as-committed learner is told after the first pair above the baseline, since
    // HandleLeader is not called there. A gap ends before a serial that is delivered or claimed.
    private DeliveryStep.Missing? TryTakeMissing()
    {
        if (_baseline is not { } last || !(_isMember == true || (IsAsCommitted && _delivered.Highest > last)))
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
        return new DeliveryStep.Missing(new SerialRange(first, end));
    }

    private bool IsTakenCareOf(Serial serial) => _delivered.Contains(serial) || _gets.IsClaimed(serial);

    private RequestRef? OwnRef(Serial serial) => _committed.TryRead(serial) is { } pair ? ownRef(pair) : null;

    // All pairs up to the query's serial must be delivered. The serials of later queries are not lower.
    private DeliveryStep.Query? TryTakeQuery() =>
        _queries.TryPeek(out var next) && next.Serial < _delivered.FirstMissing ? new DeliveryStep.Query(_queries.Dequeue().Request) : null;

    private DeliveryStep? TryTakeAnswer()
    {
        if (_gets.TryTakeAnswered() is (var request, var pair))
        {
            return _delivered.Add(pair.Serial)
                ? new DeliveryStep.Answer(pair, request, OwnRef(pair.Serial))
                : new DeliveryStep.Cancel(
                    request, pair.Serial <= _restored ? new CancelReason.Compacted() : new CancelReason.AlreadyDelivered());
        }

        if (!_gets.IsEmpty || OwnAnswer is not { } own)
        {
            return null;
        }

        _gets.TakeReserved(1);
        _delivered.Add(own.Serial);
        return new DeliveryStep.Answer(own, null, ownRef(own));
    }

    private DeliveryStep.Append? TryTakeAppend()
    {
        if (IsAsCommitted)
        {
            return TryTakeNew() ?? TryTakeOwed();
        }

        var isInOrder = _isMember == false || (_isMember == true && _baseline is not null);
        return isInOrder && !_gets.IsClaimed(_delivered.FirstMissing) ? TryTakeAppend(_delivered.FirstMissing) : null;
    }

    private DeliveryStep.Append? TryTakeNew()
    {
        if (_baseline is null)
        {
            return null;
        }

        while (_delivered.Contains(_firstNew))
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

    // A pair that HandleMissing reported and did not request.
    private DeliveryStep.Append? TryTakeOwed()
    {
        while (_firstOwed <= _reported && IsTakenCareOf(_firstOwed))
        {
            _firstOwed = _firstOwed.Next;
        }

        return _firstOwed <= _reported ? TryTakeAppend(_firstOwed) : null;
    }

    private DeliveryStep.Append? TryTakeAppend(Serial serial)
    {
        if (_committed.TryRead(serial) is not { } pair)
        {
            return null;
        }

        _delivered.Add(serial);
        return new DeliveryStep.Append(pair, ownRef(pair));
    }

    // A state that lacks a pair below its highest one is the state of no serial.
    private DeliveryStep.TakeSnapshot? TryTakeSnapshot()
    {
        if (!_isStateWanted || _delivered.HasHoles)
        {
            return null;
        }

        _isStateWanted = false;
        return new DeliveryStep.TakeSnapshot(_delivered.Highest);
    }
}

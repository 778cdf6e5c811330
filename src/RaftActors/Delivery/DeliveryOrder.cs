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
internal sealed class DeliveryOrder
{
    private readonly LearnerDelivery _learnerDelivery;
    private readonly Func<StoredPair, RequestRef?> _ownRef;
    private readonly CommittedReader _committed;
    private readonly DeliveredSerials _delivered;
    private readonly PendingGets _gets = new();
    private readonly MissingSerials _missing;
    private readonly PendingRestore _restore = new();
    private readonly PriorityQueue<ToActor.Readable, (Serial Serial, long Number)> _queries = new();
    private readonly PriorityQueue<ToActor.Repeated, Serial> _repeated = new();
    private readonly Queue<DeliveryStep> _notices = [];
    private readonly DeliveredViews _views;
    private readonly DeliveryStep.Append _append = new();

    // Gets up to here are answered from this process's own pairs.
    private Serial _own;
    private bool _isStateWanted;

    /// <param name="lastSerial">The last serial that the actor has at its start.</param>
    /// <param name="ownRef">The Append of a pair, if this process made it.</param>
    public DeliveryOrder(
        Serial lastSerial, LearnerDelivery learnerDelivery, CommittedPairs pairs, Func<StoredPair, RequestRef?> ownRef)
    {
        (_learnerDelivery, _ownRef) = (learnerDelivery, ownRef);
        _committed = new CommittedReader(pairs, lastSerial);
        _delivered = new DeliveredSerials(lastSerial);
        _missing = new MissingSerials(lastSerial, _delivered, _gets);
        _views = new DeliveredViews(_notices);
    }

    /// <summary>The highest serial that was delivered, or that the actor had at its start.</summary>
    public Serial Serial => _delivered.Highest;

    /// <summary>All pairs up to this serial were delivered.</summary>
    public Serial Complete => new(_delivered.FirstMissing.Value - 1);

    public Quorum? Quorum => _views.Quorum;

    /// <summary>Known on learners too, although HandleLeader is not called there.</summary>
    public Leader? Leader => _views.Leader;

    public IReadOnlyList<Peer> Peers => _views.Peers;

    /// <summary>Cancellations of Appends whose HandleCancel has not been called. A restart must pass them on to the next life.</summary>
    public IEnumerable<DeliveryStep.Cancel> HeldCancellations =>
        _notices.OfType<DeliveryStep.Cancel>().Where(cancel => cancel.IsAppend);

    /// <summary>The next serial of a range is answered from this process's own pairs, without a request to the engine.</summary>
    public bool HasOwnAnswer => OwnAnswer is not null;

    private bool IsAsCommitted => _views.IsMember == false && _learnerDelivery == LearnerDelivery.AsCommitted;

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

        _views.TakeLeader(null);
        _views.TakeQuorum(null);
    }

    public void Take(ToActor message)
    {
        _restore.OnMessage();
        switch (message)
        {
            case ToActor.Attached attached:
                _own = attached.Own;
                break;
            case ToActor.PeerMet met:
                _views.TakePeer(met.Take());
                break;
            case ToActor.PeerForgotten forgotten:
                _views.ForgetPeer(forgotten.Name);
                break;
            case ToActor.QuorumIs quorum:
                _views.TakeQuorum(quorum.Quorum);
                break;
            case ToActor.LeaderIs leader:
                TakeLeader(leader.Leader);
                break;
            case ToActor.Committed committed:
                TakeCommitted(committed.Take());
                break;
            case ToActor.Restore restore when restore.Serial >= _delivered.FirstMissing:
                _restore.Demand(restore.Serial);
                break;
            case ToActor.TakeSnapshot:
                _isStateWanted = true;
                break;
            case ToActor.Repeated repeated:
                _repeated.Enqueue(repeated, repeated.Serial);
                break;
            case ToActor.Answered answered:
                _gets.Answer(answered.Request, answered.Pair);
                break;
            case ToActor.Readable readable:
                _queries.Enqueue(readable, (readable.Serial, readable.Request.Number));
                break;
            case ToActor.Cancelled cancelled:
                TakeCancelled(cancelled);
                break;
        }
    }

    /// <summary>
    /// The callback to make now; null: nothing is due before more is taken. The pair of the step counts as delivered. The step is valid
    /// until the next call.
    /// </summary>
    public DeliveryStep? TryTakeNext()
    {
        if (_notices.TryDequeue(out var notice))
        {
            return notice;
        }

        if (_restore.Target is not null)
        {
            return _restore.TryOffer();
        }

        return TryTakeRepeated() ?? TryTakeQuery() ?? TryTakeMissing() ?? TryTakeAnswer() ?? TryTakeAppend()
            ?? (DeliveryStep?)TryTakeSnapshot();
    }

    /// <summary>The snapshot cannot be read, so nothing more is delivered.</summary>
    public void GiveUp() => _restore.GiveUp();

    /// <summary>
    /// The actor has restored a snapshot up to this serial. Until this call the step is due again with each message: the next pair needs
    /// the state of the snapshot.
    /// </summary>
    public void Restored(Serial serial)
    {
        _restore.OnRestored(serial);
        _delivered.StartAfter(serial);
        _gets.ReleaseTo(serial);
        _committed.Release(serial);
        _missing.OnRestored(serial);
    }

    private void TakeLeader(Leader? leader)
    {
        if (leader is not null)
        {
            _missing.OnLeader(leader.Serial);
        }

        _views.TakeLeader(leader);
    }

    // An Append of this process whose pair was fetched before it was released ends here. Pairs above a snapshot that is to be restored
    // are delivered again, and end then.
    private void TakeCommitted(Serial serial)
    {
        var next = _committed.Released.Next;
        _committed.Release(serial);
        var last = _restore.Target is { } target && target < _delivered.Highest ? target : _delivered.Highest;
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
        if (got is { } serial)
        {
            _missing.OnCancelled(serial);
        }

        var isAppend = got is null && cancelled.Life == ToActor.AnyLife;
        _notices.Enqueue(new DeliveryStep.Cancel(cancelled.Request, cancelled.Reason, isAppend));
    }

    // A member is told after its first HandleLeader. An as-committed learner is told after the first pair above the baseline, since
    // HandleLeader is not called there.
    private DeliveryStep.Missing? TryTakeMissing()
    {
        var isTold = _views.IsMember == true || (IsAsCommitted && _delivered.Highest > _missing.Baseline);
        return isTold && _missing.TryTakeGap() is { } gap ? new DeliveryStep.Missing(gap) : null;
    }

    private RequestRef? OwnRef(Serial serial) => _committed.TryRead(serial) is { } pair ? _ownRef(pair) : null;

    // The pair is that of another Append, so its delivery ends only the other one.
    private DeliveryStep? TryTakeRepeated()
    {
        if (!_repeated.TryPeek(out var next, out _) || !_delivered.Contains(next.Serial))
        {
            return null;
        }

        _repeated.Dequeue();
        return new DeliveryStep.Completed(next.Request, next.Serial);
    }

    // All pairs up to the query's serial must be delivered. A query with a lower serial does not wait for one with a higher serial.
    private DeliveryStep.Query? TryTakeQuery() =>
        _queries.TryPeek(out var next, out _) && next.Serial < _delivered.FirstMissing
            ? new DeliveryStep.Query(_queries.Dequeue().Request)
            : null;

    private DeliveryStep? TryTakeAnswer()
    {
        if (_gets.FirstAnswered is { } answered && MustWait(answered))
        {
            return null;
        }

        if (_gets.TryTakeAnswered() is (var request, var pair))
        {
            return _delivered.Add(pair.Serial)
                ? new DeliveryStep.Answer(pair, request, OwnRef(pair.Serial))
                : new DeliveryStep.Cancel(
                    request, pair.Serial <= _restore.Restored ? new CancelReason.Compacted() : new CancelReason.AlreadyDelivered());
        }

        if (!_gets.IsEmpty || OwnAnswer is not { } own || MustWait(own.Serial))
        {
            return null;
        }

        _gets.TakeReserved(1);
        _delivered.Add(own.Serial);
        return new DeliveryStep.Answer(own, null, _ownRef(own));
    }

    // Without this, a missing pair whose Get was cancelled would come after the pairs behind it. HandleAppend delivers it first.
    private bool MustWait(Serial serial) =>
        !IsAsCommitted && serial > _delivered.FirstMissing && _missing.FindOwed() == _delivered.FirstMissing;

    private DeliveryStep.Append? TryTakeAppend()
    {
        if (IsAsCommitted)
        {
            return TryTakeAppend(_missing.FindNew()) ?? TryTakeAppend(_missing.FindOwed());
        }

        var isInOrder = _views.IsMember == false || (_views.IsMember == true && _missing.Baseline is not null);
        return isInOrder && !_gets.IsClaimed(_delivered.FirstMissing) ? TryTakeAppend(_delivered.FirstMissing) : null;
    }

    private DeliveryStep.Append? TryTakeAppend(Serial? due)
    {
        if (due is not { } serial || _committed.TryRead(serial) is not { } pair)
        {
            return null;
        }

        _delivered.Add(serial);
        return _append.Set(pair, _ownRef(pair));
    }

    // A state that lacks a pair below its highest one is the state of no serial. A life that still fetches its first pairs would give a
    // state that is older than the latest snapshot.
    private DeliveryStep.TakeSnapshot? TryTakeSnapshot()
    {
        if (!_isStateWanted || _delivered.HasHoles || _delivered.Highest < _committed.Released)
        {
            return null;
        }

        _isStateWanted = false;
        return new DeliveryStep.TakeSnapshot(_delivered.Highest);
    }
}

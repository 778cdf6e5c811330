using System.Collections.Immutable;

namespace RaftActors.Delivery;

/// <summary>
/// Decides which callback of one instance of an actor comes next: takes the engine's messages in order and returns steps. It reads
/// committed pairs from the process when they are due. Not thread-safe: the actor's own.
/// <para>
/// Invariant: each serial is delivered once. HandleAppend delivers all pairs in order, unless the actor fetches some itself (<see
/// cref="PulledPairs"/>).
/// </para>
/// <para>
/// A snapshot replaces the actor's whole state with that of its serial. So pairs above the serial that were delivered before are delivered
/// again.
/// </para>
/// </summary>
internal sealed class DeliveryOrder
{
    private readonly Func<StoredPair, RequestRef?> _waitingRef;
    private readonly CommittedReader _committed;
    private readonly DeliveredSerials _delivered;
    private readonly PriorityQueue<RequestRef, (Serial Serial, long Number)> _queries = new();
    private readonly PriorityQueue<ToActor.Repeated, Serial> _repeated = new();

    // The ends of calls, which no hold delays.
    private readonly Queue<DeliveryStep> _ends = [];

    // The notices of peers, the quorum and the leader.
    private readonly Queue<DeliveryStep> _notices = [];
    private readonly DeliveredViews _views;
    private readonly DeliveryStep.Append _append = new();
    private bool _isStateWanted;
    private bool _isGivenUp;

    // No pair is delivered before a snapshot up to here, or further, is restored. Null if none must be.
    private Serial? _restoreTo;

    // False after the snapshot was offered, until the next message. Otherwise an actor that fails to restore it and is resumed would loop.
    private bool _mayRestore;

    /// <summary>
    /// The next pair is of the batch of the last one, so no query is answered and no turn ends before it. The engine's messages, which
    /// the other callbacks come from, are taken when no step is due.
    /// </summary>
    public bool IsInBatch { get; private set; }

    // The places at which earlier instances failed and this one waits.
    private ImmutableArray<DeliveryPlace> _held = [];

    /// <param name="lastSerial">The last serial that the actor has at its start.</param>
    /// <param name="pulls">How learners get their pairs if the actor may fetch pairs, or null for an ordinary actor.</param>
    /// <param name="waitingRef">Returns the Append of a pair, if this process made it.</param>
    public DeliveryOrder(Serial lastSerial, LearnerDelivery? pulls, CommittedPairs pairs, Func<StoredPair, RequestRef?> waitingRef)
    {
        _waitingRef = waitingRef;
        _committed = new CommittedReader(pairs, lastSerial);
        _delivered = new DeliveredSerials(lastSerial);
        Pulled = pulls is { } delivery ? new PulledPairs(lastSerial, delivery, _committed, _delivered) : null;
        _views = new DeliveredViews(_notices);
    }

    /// <summary>Null if HandleAppend delivers all pairs in order.</summary>
    public PulledPairs? Pulled { get; }

    /// <summary>The highest serial that was delivered, or that the actor had at its start.</summary>
    public Serial Serial => _delivered.Highest;

    public Serial Complete => new(_delivered.FirstMissing.Value - 1);

    /// <summary>
    /// The actor's state is that of <see cref="Serial"/>. A state with a hole below its highest pair belongs to no serial, and an actor
    /// that still fetches its first pairs has one older than the latest snapshot.
    /// </summary>
    public bool IsAtSerial => !_delivered.HasHoles && _delivered.Highest >= _committed.Released;

    public Quorum? Quorum => _views.Quorum;

    /// <summary>The leader, also on learners, where HandleLeader is not called.</summary>
    public Leader? Leader => _views.Leader;

    public IReadOnlyList<Peer> Peers => _views.Peers;

    /// <summary>
    /// The cancellations of Appends that HandleCancel was not called for. A restart must pass them on to the next instance.
    /// </summary>
    public IEnumerable<DeliveryStep.Cancel> HeldCancellations =>
        _ends.OfType<DeliveryStep.Cancel>().Where(cancel => cancel.IsAppend);

    /// <summary>Ends pending Gets, and forgets the leader and the quorum, because the engine has stopped.</summary>
    public void LoseEngine(RaftFailure stopped)
    {
        foreach (var request in Pulled?.Unanswered() ?? [])
        {
            TakeCancelled(new ToActor.Cancelled(ToActor.AnyLife, request, stopped));
        }

        _views.TakeLeader(null);
        _views.TakeQuorum(null);
    }

    /// <summary>
    /// Delivers only what is before these places, at which earlier instances failed, until <see cref="ToActor.TryAgain"/>. Pairs come
    /// behind the notices, so a held notice delays them too.
    /// </summary>
    public void Hold(ImmutableArray<DeliveryPlace> places)
    {
        _held = places;
        Pulled?.Hold(places);
    }

    public void Take(ToActor message)
    {
        _mayRestore = true;
        switch (message)
        {
            case ToActor.TryAgain:
                TryAgain();
                break;
            case ToActor.Attached attached:
                Pulled?.OnAttached(attached.Own);
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
            case ToActor.ToldAll:
                _notices.Enqueue(new DeliveryStep.ToldAll());
                break;
            case ToActor.Committed committed:
                TakeCommitted(committed.Take());
                break;
            case ToActor.Restore restore when restore.Serial >= _delivered.FirstMissing:
                _restoreTo = restore.Serial > _restoreTo ? restore.Serial : _restoreTo ?? restore.Serial;
                break;
            case ToActor.TakeSnapshot:
                _isStateWanted = true;
                break;
            case ToActor.Repeated repeated:
                _repeated.Enqueue(repeated, repeated.Serial);
                break;
            case ToActor.Answered answered:
                Pulled?.OnAnswered(answered);
                break;
            case ToActor.Cancelled cancelled:
                TakeCancelled(cancelled);
                break;
        }
    }

    /// <summary>Takes a query, which may be answered once all pairs up to this serial are delivered.</summary>
    public void TakeQuery(RequestRef request, Serial serial) => _queries.Enqueue(request, (serial, request.Number));

    /// <summary>
    /// Returns the callback to make now, or null if nothing is due before further messages. Counts the step's pair as delivered. The step
    /// is valid until the next call.
    /// </summary>
    /// <param name="logic">The logic version of the actor's state.</param>
    public DeliveryStep? TryTakeNext(int logic = 1)
    {
        if (_ends.TryDequeue(out var end))
        {
            return end;
        }

        if (DeliveryPlace.Has(_held, Serial.Zero))
        {
            return TryFailQuery();
        }

        if (_notices.TryDequeue(out var notice))
        {
            return notice;
        }

        if (_isGivenUp)
        {
            return TryFailQuery();
        }

        if (_restoreTo is { } target)
        {
            return IsHeld(new DeliveryStep.Restore(target)) ? TryFailQuery() : TryTakeRestore(target);
        }

        return TryTakeRepeated() ?? TryTakeQuery() ?? TryTakeUpgrade(logic) ?? Pulled?.TryTakeMissing(_views.IsMember)
            ?? Pulled?.TryTakeAnswer(_views.IsMember, WaitingRef) ?? TryTakeAppend() ?? TryFailQuery() ?? (DeliveryStep?)TryTakeSnapshot();
    }

    /// <summary>Ends the delivery, because the snapshot cannot be read or the program is too old.</summary>
    public void GiveUp() => _isGivenUp = true;

    /// <summary>
    /// Reports that the actor has restored a snapshot. Until this call, each message makes the step due again, because the next pair needs
    /// the state of the snapshot.
    /// </summary>
    public void Restored(Serial serial)
    {
        (_restoreTo, IsInBatch) = (null, false);
        _delivered.StartAfter(serial);
        _committed.Release(serial);
        Pulled?.OnRestored(serial);
    }

    // None of the held notices was delivered. So the latest of each kind replaces the others, as for a life that begins now: a process that
    // has handed over its leadership is not told that it leads.
    private void TryAgain()
    {
        if (DeliveryPlace.Has(_held, Serial.Zero))
        {
            var latest = _notices.Reverse().DistinctBy(step => (step.Callback, (step as DeliveryStep.PeerMet)?.Peer.Name)).Reverse()
                .OrderBy(step => step is DeliveryStep.ToldAll).ToList();
            _notices.Clear();
            latest.ForEach(_notices.Enqueue);
        }

        Hold([]);
    }

    private void TakeLeader(Leader? leader)
    {
        if (leader is not null)
        {
            Pulled?.OnLeader(leader.Serial);
        }

        _views.TakeLeader(leader);
    }

    // Ends the Appends of this process whose pairs the actor fetched before they were released. Pairs above a snapshot that is to be
    // restored are delivered again, and end then.
    private void TakeCommitted(Serial serial)
    {
        var next = _committed.Released.Next;
        _committed.Release(serial);
        var last = _restoreTo is { } target && target < _delivered.Highest ? target : _delivered.Highest;
        for (; next <= serial && next <= last; next = next.Next)
        {
            if (_delivered.Contains(next) && WaitingRef(next) is { } own)
            {
                _ends.Enqueue(new DeliveryStep.Completed(own, next));
            }
        }
    }

    private void TakeCancelled(ToActor.Cancelled cancelled)
    {
        var ofGet = Pulled?.OnCancelled(cancelled.Request);
        var isAppend = ofGet is null && cancelled.Life == ToActor.AnyLife;
        _ends.Enqueue(new DeliveryStep.Cancel(cancelled.Request, cancelled.Failure, isAppend, ofGet));
    }

    private RequestRef? WaitingRef(Serial serial) => _committed.TryRead(serial) is { } pair ? _waitingRef(pair) : null;

    private DeliveryStep.Restore? TryTakeRestore(Serial target)
    {
        var mayRestore = _mayRestore;
        _mayRestore = false;
        return mayRestore ? new DeliveryStep.Restore(target) : null;
    }

    // The delivery of the pair has ended the Append that it names. This one is another attempt for the same pair.
    private DeliveryStep? TryTakeRepeated()
    {
        if (!_repeated.TryPeek(out var next, out _) || !_delivered.Contains(next.Serial))
        {
            return null;
        }

        _repeated.Dequeue();
        return new DeliveryStep.Completed(next.Request, next.Serial);
    }

    // All pairs up to the query's serial must be delivered. Sorted by serial, so a query does not wait for one with a higher serial.
    private DeliveryStep.Query? TryTakeQuery() =>
        !IsInBatch && _queries.TryPeek(out _, out var next) && next.Serial < _delivered.FirstMissing
            ? new DeliveryStep.Query(_queries.Dequeue())
            : null;

    // The state for the answer waits for the next try, or even for a new program. So the query fails now, and another process may answer
    // it.
    private DeliveryStep.Cancel? TryFailQuery() => (!_held.IsEmpty || _isGivenUp) && _queries.TryDequeue(out var query, out _)
        ? new DeliveryStep.Cancel(query, OpenQueries.Late)
        : null;

    // Invariant: all pairs before the raise are delivered, so its place is the same on all processes.
    private DeliveryStep.Upgrade? TryTakeUpgrade(int logic)
    {
        var next = _delivered.FirstMissing;
        var to = _committed.EpochOf(next).Logic;
        return to > logic && !_delivered.HasHoles && new DeliveryStep.Upgrade(logic, to, next) is var upgrade && !IsHeld(upgrade)
            ? upgrade
            : null;
    }

    private bool IsHeld(DeliveryStep step) => DeliveryPlace.Of(step) is { } place && _held.Contains(place);

    private DeliveryStep.Append? TryTakeAppend()
    {
        if (_views.IsMember is not { } isMember)
        {
            return null;
        }

        var due = Pulled is null ? _committed.TryRead(_delivered.FirstMissing) : Pulled.FindAppend(isMember);
        if (due is not { } pair)
        {
            return null;
        }

        var isNew = Pulled?.IsNew(pair.Serial, isMember) == true;
        if (DeliveryPlace.Has(_held, pair.Serial, isNew))
        {
            return null;
        }

        _delivered.Add(pair.Serial);
        IsInBatch = pair.HasMore && Pulled is null;
        return _append.Set(pair, _waitingRef(pair), isNew);
    }

    private DeliveryStep.TakeSnapshot? TryTakeSnapshot()
    {
        if (!_isStateWanted || !IsAtSerial)
        {
            return null;
        }

        _isStateWanted = false;
        return new DeliveryStep.TakeSnapshot(_delivered.Highest);
    }
}

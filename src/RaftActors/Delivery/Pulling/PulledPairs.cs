namespace RaftActors.Delivery;

/// <summary>
/// The deliveries of an actor that fetches missing pairs itself, by Get: it overrides HandleMissing or HandleSerial. An ordinary actor has
/// none of this, because HandleAppend delivers all of its pairs in order.
/// <para>
/// Invariant: each serial is delivered once. A pending Get claims its serial for HandleSerial until it is answered or cancelled.
/// HandleAppend delivers every other serial.
/// </para>
/// Not thread-safe: the actor's own.
/// </summary>
internal sealed class PulledPairs
{
    private readonly LearnerDelivery _learnerDelivery;
    private readonly CommittedReader _committed;
    private readonly DeliveredSerials _delivered;
    private readonly PendingGets _gets = new();
    private readonly MissingSerials _missing;

    // Gets up to here are answered from this process's own pairs.
    private Serial _own;

    // Pairs up to here came in a snapshot.
    private Serial _restored;

    // The pair that must not be delivered now; null: there is none.
    private Serial? _held;

    public PulledPairs(Serial last, LearnerDelivery learnerDelivery, CommittedReader committed, DeliveredSerials delivered)
    {
        (_learnerDelivery, _committed, _delivered) = (learnerDelivery, committed, delivered);
        _missing = new MissingSerials(last, delivered, _gets);
    }

    /// <summary>The next serial of a range is answered from this process's own pairs, without a request to the engine.</summary>
    public bool HasOwnAnswer => OwnAnswer is not null;

    // A delivered serial is not answered but cancelled, and a cancellation needs a request.
    private StoredPair? OwnAnswer =>
        _gets.FirstReserved is { } serial && serial <= _own && !_delivered.Contains(serial) ? _committed.TryRead(serial) : null;

    /// <summary>This pair must not be delivered until the next call; null: any may.</summary>
    public void Hold(Serial? serial) => _held = serial;

    /// <summary>The actor requested this serial. Its answer or cancellation will be taken later.</summary>
    public void Asked(RequestRef request, Serial serial) => _gets.Add(request, serial);

    /// <summary>Claims a range of serials. The actor requests each of them when <see cref="NextReserved"/> returns it.</summary>
    public void Reserve(SerialRange range) => _gets.Reserve(range);

    /// <summary>The next serial to request; null if there is none, or that many Gets are pending.</summary>
    public Serial? NextReserved(int window) => HasOwnAnswer ? null : _gets.TakeReserved(window);

    public RequestRef[] Unanswered() => _gets.Unanswered();

    public void OnAttached(Serial own) => _own = own;

    public void OnLeader(Serial serial) => _missing.OnLeader(serial);

    public void OnAnswered(ToActor.Answered answered) => _gets.Answer(answered.Request, answered.Pair);

    /// <summary>False: the request is no pending Get.</summary>
    public bool OnCancelled(RequestRef request)
    {
        if (_gets.Remove(request) is not { } serial)
        {
            return false;
        }

        _missing.OnCancelled(serial);
        return true;
    }

    /// <summary>The actor has restored a snapshot up to this serial.</summary>
    public void OnRestored(Serial serial)
    {
        _restored = serial;
        _gets.ReleaseTo(serial);
        _missing.OnRestored(serial);
    }

    /// <summary>The call of HandleMissing that is due.</summary>
    public DeliveryStep.Missing? TryTakeMissing(bool? isMember)
    {
        // A member is told after its first HandleLeader. An as-committed learner is told after the first pair above the baseline, since
        // HandleLeader is not called there.
        var isTold = isMember == true || (IsAsCommitted(isMember) && _delivered.Highest > _missing.Baseline);
        return isTold && _missing.TryTakeGap() is { } gap ? new DeliveryStep.Missing(gap) : null;
    }

    /// <summary>The call of HandleSerial, or of HandleCancel, that is due. The pair counts as delivered.</summary>
    public DeliveryStep? TryTakeAnswer(bool? isMember, Func<Serial, RequestRef?> ownRef)
    {
        if (_gets.FirstAnswered is { } answered && MustWait(answered, isMember))
        {
            return null;
        }

        if (_gets.TryTakeAnswered() is (var request, var pair))
        {
            return _delivered.Add(pair.Serial)
                ? new DeliveryStep.Answer(pair, request, ownRef(pair.Serial))
                : new DeliveryStep.Cancel(
                    request, pair.Serial <= _restored ? new CancelReason.Compacted() : new CancelReason.AlreadyDelivered());
        }

        if (!_gets.IsEmpty || OwnAnswer is not { } own || MustWait(own.Serial, isMember))
        {
            return null;
        }

        _gets.TakeReserved(1);
        _delivered.Add(own.Serial);
        return new DeliveryStep.Answer(own, null, ownRef(own.Serial));
    }

    /// <summary>The pair for the next call of HandleAppend; null if none may be delivered now.</summary>
    public StoredPair? FindAppend(bool isMember)
    {
        if (IsAsCommitted(isMember))
        {
            return Read(_missing.FindNew()) ?? Read(_missing.FindOwed());
        }

        var mayDeliver = !isMember || _missing.Baseline is not null;
        return mayDeliver && !_gets.IsClaimed(_delivered.FirstMissing) ? Read(_delivered.FirstMissing) : null;
    }

    private bool IsAsCommitted(bool? isMember) => isMember == false && _learnerDelivery == LearnerDelivery.AsCommitted;

    // Without this, a missing pair whose Get was cancelled would come after the pairs behind it. HandleAppend delivers it first.
    private bool MustWait(Serial serial, bool? isMember) => serial == _held
        || (!IsAsCommitted(isMember) && serial > _delivered.FirstMissing && _missing.FindOwed() == _delivered.FirstMissing);

    private StoredPair? Read(Serial? due) => due is { } serial ? _committed.TryRead(serial) : null;
}

using System.Collections.Immutable;

namespace RaftActors.Delivery;

/// <summary>
/// The deliveries of an actor that fetches missing pairs itself, by Get, because it overrides HandleMissing or HandleSerial. For an
/// ordinary actor, HandleAppend delivers all pairs in order. Not thread-safe: the actor's own.
/// <para>
/// Invariant: each serial is delivered once. A pending Get claims its serial for HandleSerial until it is answered or cancelled.
/// HandleAppend delivers every other serial.
/// </para>
/// </summary>
internal sealed class PulledPairs
{
    private readonly LearnerDelivery _learnerDelivery;
    private readonly CommittedReader _committed;
    private readonly DeliveredSerials _delivered;
    private readonly PendingGets _gets = new();
    private readonly MissingSerials _missing;

    // Gets up to this serial are answered from this process's own pairs.
    private Serial _own;

    // Pairs up to this serial came in a snapshot.
    private Serial _restored;

    // The places whose steps must not be delivered now.
    private ImmutableArray<DeliveryPlace> _held = [];

    public PulledPairs(Serial last, LearnerDelivery learnerDelivery, CommittedReader committed, DeliveredSerials delivered)
    {
        (_learnerDelivery, _committed, _delivered) = (learnerDelivery, committed, delivered);
        _missing = new MissingSerials(last, delivered, _gets);
    }

    /// <summary>The next serial of a range can be answered from this process's own pairs, without a request to the engine.</summary>
    public bool HasOwnAnswer => OwnAnswer is not null;

    // A Get of a delivered serial is cancelled, and a cancellation needs a request.
    private StoredPair? OwnAnswer =>
        _gets.FirstReserved is { } serial && serial <= _own && !_delivered.Contains(serial) ? _committed.TryRead(serial) : null;

    /// <summary>Holds back what is at these places, until the next call.</summary>
    public void Hold(ImmutableArray<DeliveryPlace> places) => _held = places;

    /// <summary>Adds a request of the actor. Its answer or cancellation is taken later.</summary>
    public void Asked(RequestRef request, Serial serial) => _gets.Add(request, serial);

    /// <summary>Claims a range of serials. The actor requests each of them when <see cref="NextReserved"/> returns it.</summary>
    public void Reserve(SerialRange range) => _gets.Reserve(range);

    /// <summary>Returns the next serial to request, or null if there is none, or that many Gets are pending.</summary>
    public Serial? NextReserved(int window) => HasOwnAnswer ? null : _gets.TakeReserved(window);

    public RequestRef[] Unanswered() => _gets.Unanswered();

    public void OnAttached(Serial own) => _own = own;

    public void OnLeader(Serial serial) => _missing.OnLeader(serial);

    public void OnAnswered(ToActor.Answered answered) => _gets.Answer(answered.Request, answered.Pair);

    /// <summary>Removes a cancelled Get. Returns its serial, or null if the request is no pending Get.</summary>
    public Serial? OnCancelled(RequestRef request)
    {
        if (_gets.Remove(request) is not { } serial)
        {
            return null;
        }

        _missing.OnCancelled(serial);
        return serial;
    }

    public void OnRestored(Serial serial)
    {
        _restored = serial;
        _gets.ReleaseTo(serial);
        _missing.OnRestored(serial);
    }

    /// <summary>Returns the call of HandleMissing that is due, or null.</summary>
    public DeliveryStep.Missing? TryTakeMissing(bool? isMember)
    {
        // A member is told after its first HandleLeader. HandleLeader is not called on an as-committed learner, so it is told after the
        // first pair above the baseline.
        var isTold = isMember == true || (IsAsCommitted(isMember) && _delivered.Highest > _missing.Baseline);
        var isHeld = _held.Any(place => place.Callback == "HandleMissing");
        return isTold && !isHeld && _missing.TryTakeGap() is { } gap ? new DeliveryStep.Missing(gap) : null;
    }

    private static RaftFailure DeliveredBefore { get; } = RaftFailure.NotDone(
        FailureReason.AlreadyDelivered, "The pair was delivered to this life of the actor before. Use Read to see it again.");

    /// <summary>Returns the call of HandleSerial or HandleCancel that is due, or null. Counts the pair as delivered.</summary>
    public DeliveryStep? TryTakeAnswer(bool? isMember, Func<Serial, RequestRef?> waitingRef)
    {
        if (_gets.FirstAnswered is { } answered && MustWait(answered, isMember))
        {
            return null;
        }

        if (_gets.TryTakeAnswered() is (var request, var pair))
        {
            return _delivered.Add(pair.Serial)
                ? new DeliveryStep.Answer(pair, request, waitingRef(pair.Serial))
                : new DeliveryStep.Cancel(
                    request, pair.Serial <= _restored ? RaftFailure.Compacted : DeliveredBefore, Serial: pair.Serial);
        }

        if (!_gets.IsEmpty || OwnAnswer is not { } own || MustWait(own.Serial, isMember))
        {
            return null;
        }

        _gets.TakeReserved(1);
        _delivered.Add(own.Serial);
        return new DeliveryStep.Answer(own, null, waitingRef(own.Serial));
    }

    /// <summary>Returns the pair for the next call of HandleAppend, or null if none may be delivered now.</summary>
    public StoredPair? FindAppend(bool isMember)
    {
        if (IsAsCommitted(isMember))
        {
            return Read(_missing.FindNew()) ?? Read(_missing.FindOwed());
        }

        var mayDeliver = !isMember || _missing.Baseline is not null;
        return mayDeliver && !_gets.IsClaimed(_delivered.FirstMissing) ? Read(_delivered.FirstMissing) : null;
    }

    /// <summary>Tells whether HandleAppend gets this pair ahead of those that the actor lacks.</summary>
    public bool IsNew(Serial serial, bool isMember) => IsAsCommitted(isMember) && serial > _missing.Baseline;

    private bool IsAsCommitted(bool? isMember) => isMember == false && _learnerDelivery == LearnerDelivery.AsCommitted;

    // HandleAppend first delivers a missing pair whose Get was cancelled. Without this, it would come after the pairs behind it.
    private bool MustWait(Serial serial, bool? isMember) => DeliveryPlace.Has(_held, serial)
        || (!IsAsCommitted(isMember) && serial > _delivered.FirstMissing && _missing.FindOwed() == _delivered.FirstMissing);

    private StoredPair? Read(Serial? due) => due is { } serial ? _committed.TryRead(serial) : null;
}

using Akka.Actor;

namespace RaftActors.Delivery;

/// <summary>
/// Counts the failures of an actor's lives at one place of the delivery, and holds the actor there. Without this, a pair that no life can
/// apply restarts the actor a thousand times a second, and each restart is logged. Outlives the lives. For the living actor's thread,
/// except <see cref="HeldAt"/>.
/// </summary>
internal sealed class DeliveryTries(ITimeProvider clock)
{
    /// <summary>The failures without a pause after them. The cause of the first ones may pass.</summary>
    public const int Free = 3;

    /// <summary>
    /// The pause after the last of them. It doubles with each further failure. Akka logs each restart with all frames, so a failure is some
    /// 15 lines. The first minute has six failures, and stays below 100 lines.
    /// </summary>
    public static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(5);

    /// <summary>The longest pause. Within it the actor notices that the cause is gone, such as a service that it calls.</summary>
    public static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    private DeliveryPlace _place;
    private int _failures;
    private TimeSpan _failedAt;
    private HeldActor? _held;
    private volatile HeldActor? _heldAt;

    /// <summary>Null: the actor is not held, or has stopped. Any thread may ask.</summary>
    public HeldActor? HeldAt => _heldAt;

    /// <summary>The actor does not apply the pair of this serial for now. Any thread may ask.</summary>
    public bool HoldsBack(Serial serial) => _heldAt is { } held && serial >= held.Serial;

    private TimeSpan Pause
    {
        get
        {
            var pause = FirstPause;
            for (var failures = Free; failures < _failures && pause < LongestPause; failures++)
            {
                pause *= 2;
            }

            return pause < LongestPause ? pause : LongestPause;
        }
    }

    /// <summary>A step has failed. The supervisor decides what follows.</summary>
    public void OnFailed(DeliveryPlace place, Exception cause)
    {
        _failures = place == _place ? _failures + 1 : 1;
        (_place, _failedAt) = (place, clock.MonotonicClock);
        _heldAt = _held = _failures >= Free
            ? new HeldActor(place.Serial, place.IsSnapshot, FailureText.Of(cause), _held?.Since ?? clock.Now)
            : null;
    }

    /// <summary>The actor has this pair, or the snapshot up to it.</summary>
    /// <returns>True: the actor was held, and is not any more.</returns>
    public bool OnPassed(Serial serial)
    {
        if (_failures == 0 || serial < _place.Serial)
        {
            return false;
        }

        var wasHeld = _held is not null;
        (_place, _failures, _heldAt, _held) = (default, 0, null, null);
        return wasHeld;
    }

    /// <summary>A life begins, after this serial.</summary>
    /// <returns>The place that it must not try yet, and for how long; null: it may try all.</returns>
    public (DeliveryPlace Place, TimeSpan Pause)? Begin(Serial last)
    {
        OnPassed(last);
        _heldAt = _held;
        var left = Pause - (clock.MonotonicClock - _failedAt);
        return _held is not null && left > TimeSpan.Zero ? (_place, left) : null;
    }

    /// <summary>The actor has stopped. The next one of its name continues the count.</summary>
    public void OnStopped() => _heldAt = null;
}

using Akka.Actor;

using RaftActors.Network;

namespace RaftActors.Delivery;

/// <summary>
/// Counts the failures of an actor at one place of the delivery, across its restarts, and holds the actor there. Without this, a pair that
/// cannot be applied restarts the actor a thousand times a second, and each restart is logged. For the living actor's thread, except <see
/// cref="HeldAt"/>.
/// </summary>
internal sealed class DeliveryTries(ITimeProvider clock)
{
    /// <summary>The failures without a pause after them, because their cause may be short.</summary>
    public const int Free = 3;

    /// <summary>
    /// The pause after the failures without one. It doubles with each further failure. Akka logs each restart with all frames, some 15
    /// lines. The first minute has six failures, so it stays below 100 lines.
    /// </summary>
    public static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(5);

    /// <summary>
    /// The longest pause. After it, the actor notices that the cause is gone, such as the failure of a service that it calls.
    /// </summary>
    public static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    private DeliveryPlace _place;
    private int _failures;
    private TimeSpan _failedAt;
    private HeldActor? _held;
    private volatile HeldActor? _heldAt;

    /// <summary>Null if the actor is not held, or has stopped. Thread-safe.</summary>
    public HeldActor? HeldAt => _heldAt;

    /// <summary>Tells whether the actor does not apply the pair of this serial for now. Thread-safe.</summary>
    public bool HoldsBack(Serial serial) => _heldAt is { } held && serial >= held.Serial;

    /// <summary>Counts the failure of a step. The supervisor decides what follows.</summary>
    public void OnFailed(DeliveryPlace place, Exception cause)
    {
        _failures = place == _place ? _failures + 1 : 1;
        (_place, _failedAt) = (place, clock.MonotonicClock);
        _heldAt = _held = _failures >= Free
            ? new HeldActor(place.Serial, place.IsSnapshot, FailureText.Of(cause), _held?.Since ?? clock.Now)
            : null;
    }

    /// <summary>
    /// Ends the count if the step at its place has run to its end, or the state has all up to that serial. A pair does not end the count
    /// of an upgrade before it or of an earlier pair that the actor fetches: the next life fails there again.
    /// </summary>
    /// <param name="passed">The place of the step that has ended.</param>
    /// <param name="complete">The last serial up to which the state has all pairs.</param>
    /// <returns>True if the actor was held there.</returns>
    public bool OnPassed(DeliveryPlace passed, Serial complete)
    {
        if (_failures == 0 || (passed != _place && complete < _place.Serial))
        {
            return false;
        }

        var wasHeld = _held is not null;
        (_place, _failures, _heldAt, _held) = (default, 0, null, null);
        return wasHeld;
    }

    /// <summary>
    /// Begins a start of the actor after this serial. Returns the place that it must not try yet, and for how long, or null.
    /// </summary>
    public (DeliveryPlace Place, TimeSpan Pause)? Begin(Serial last)
    {
        OnPassed(default, last);
        _heldAt = _held;
        if (_held is null)
        {
            return null;
        }

        var left = GrowingPause.After(_failures - Free + 1, FirstPause, LongestPause) - (clock.MonotonicClock - _failedAt);
        return left > TimeSpan.Zero ? (_place, left) : null;
    }

    /// <summary>Ends the hold of a stopped actor. The next actor of this name continues the count.</summary>
    public void OnStopped() => _heldAt = null;
}

using System.Collections.Immutable;

using Akka.Actor;

using RaftActors.Network;

namespace RaftActors.Delivery;

/// <summary>
/// Counts the failures of an actor across its restarts, at each place of the delivery that a restarted actor repeats, and holds the actor
/// at those where it fails again and again. Without this, a pair that cannot be applied restarts the actor a thousand times a second, and
/// each restart is logged. For the living actor's thread, except <see cref="HeldAt"/>.
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

    private readonly Dictionary<DeliveryPlace, Failures> _failures = [];
    private volatile HeldActor? _heldAt;

    /// <summary>The first place at which the actor is held. Null if it is not held, or has stopped. Thread-safe.</summary>
    public HeldActor? HeldAt => _heldAt;

    private HeldActor? FirstHeld => _failures.Values.Select(each => each.Hold).OfType<HeldActor>().MinBy(held => held.Serial);

    /// <summary>Tells whether the actor does not apply the pair of this serial for now. Thread-safe.</summary>
    public bool HoldsBack(Serial serial) => _heldAt is { } held && serial >= held.Serial;

    /// <summary>Counts the failure of a step. The supervisor decides what follows.</summary>
    /// <param name="callback">The method of the actor that has failed.</param>
    public void OnFailed(DeliveryPlace place, string callback, Exception cause)
    {
        var same = _failures.Keys.Where(place.IsSame).ToList();
        var before = same.Select(each => _failures[each]).SingleOrDefault();
        same.ForEach(each => _failures.Remove(each));
        var count = before.Count + 1;
        var hold = count < Free ? null
            : new HeldActor(callback, place.Serial, FailureText.Of(cause), before.Hold?.Since ?? clock.Now);
        _failures[place] = new Failures(count, clock.MonotonicClock, hold);
        _heldAt = FirstHeld;
    }

    /// <summary>
    /// Ends the count of a place whose step has run to its end, and of each place up to which the state has all pairs. The end of a later
    /// step is not enough: a fetched pair comes behind later ones, and the next life fails at it again.
    /// </summary>
    /// <param name="passed">The place of the step, or null.</param>
    /// <param name="complete">The last serial up to which the state has all pairs.</param>
    /// <returns>True if the actor was held, and is not any more.</returns>
    public bool OnPassed(DeliveryPlace? passed, Serial complete) => _failures.Count > 0 && EndPassed(passed, complete);

    /// <summary>Ends the counts of the notices, because a life was told all that earlier lives were told.</summary>
    /// <returns>True if the actor was held, and is not any more.</returns>
    public bool OnToldAll() => End(static place => place.IsNotice);

    /// <summary>
    /// Begins a start of the actor after this serial. Returns the places that it must not try yet, and for how long, or null.
    /// </summary>
    public (ImmutableArray<DeliveryPlace> Places, TimeSpan Pause)? Begin(Serial last)
    {
        OnPassed(null, last);
        _heldAt = FirstHeld;
        var held = _failures.Where(each => each.Value.Hold is not null).ToList();
        var left = held.Select(each => LeftOf(each.Value)).DefaultIfEmpty().Max();
        return left > TimeSpan.Zero ? ([.. held.Select(each => each.Key)], left) : null;
    }

    /// <summary>Ends the hold of a stopped actor. The next actor of this name continues the count.</summary>
    public void OnStopped() => _heldAt = null;

    // A method of its own, because the lambda costs an object at each call.
    private bool EndPassed(DeliveryPlace? passed, Serial complete) =>
        End(place => passed?.IsSame(place) == true || (!place.IsNotice && place.Serial <= complete));

    private bool End(Predicate<DeliveryPlace> hasEnded)
    {
        var wasHeld = false;
        foreach (var (place, failures) in _failures.Where(each => hasEnded(each.Key)).ToList())
        {
            _failures.Remove(place);
            wasHeld |= failures.Hold is not null;
        }

        _heldAt = wasHeld ? FirstHeld : _heldAt;
        return wasHeld && _heldAt is null;
    }

    private TimeSpan LeftOf(Failures failures) =>
        GrowingPause.After(failures.Count - Free + 1, FirstPause, LongestPause) - (clock.MonotonicClock - failures.At);

    /// <param name="At">The time of the latest one.</param>
    /// <param name="Hold">Null before the third one.</param>
    private readonly record struct Failures(int Count, TimeSpan At, HeldActor? Hold);
}

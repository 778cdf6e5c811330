using Akka.Actor;

namespace RaftActors.Delivery;

/// <summary>
/// Finds callbacks that take longer than an election timeout: the actor handles nothing meanwhile, and its callers get no outcome. Reads
/// the clock once for each callback. Not thread-safe: the actor's own.
/// </summary>
/// <param name="max">The time from which on a callback is slow.</param>
/// <param name="warn">Gets each slow callback, its time and the last serial that it had.</param>
internal sealed class SlowCallbacks(ITimeProvider clock, TimeSpan max, Action<string, TimeSpan, Serial> warn)
{
    public TimeSpan Now => clock.HighResMonotonicClock;

    /// <summary>A callback has returned.</summary>
    /// <param name="begun">When it began.</param>
    /// <returns>The time of its end.</returns>
    public TimeSpan OnEnded(string callback, TimeSpan begun, Serial serial)
    {
        var now = Now;
        if (now - begun >= max)
        {
            warn(callback, now - begun, serial);
        }

        return now;
    }
}

using Akka.Actor;

namespace RaftActors.Delivery;

/// <summary>
/// Finds callbacks that take longer than an election timeout. The actor handles nothing meanwhile, and its callers get no outcome. Reads
/// the clock once for each callback. Not thread-safe: the actor's own.
/// </summary>
/// <param name="max">The least time of a slow callback.</param>
/// <param name="warn">Gets each slow callback, its time and the last serial before it.</param>
internal sealed class SlowCallbacks(ITimeProvider clock, TimeSpan max, Action<string, TimeSpan, Serial> warn)
{
    public TimeSpan Now => clock.HighResMonotonicClock;

    /// <summary>Checks a callback that has returned. Returns the time of its end.</summary>
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

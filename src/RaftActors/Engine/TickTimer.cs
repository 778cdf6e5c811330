using Akka.Actor;

namespace RaftActors.Engine;

/// <summary>
/// The ticks of one engine. Each tick starts the timer of the next one. A periodic timer would let ticks pile up in the mailbox.
/// <para>
/// Invariant: a tick may come late but never early, because votes and the leader's lease hold for a number of ticks.
/// </para>
/// </summary>
internal sealed class TickTimer(IActorRef self, IScheduler clock, TimeSpan interval)
{
    private TimeSpan _due;

    /// <summary>Starts the timer of the next tick.</summary>
    public void Arm(ITimerScheduler timers)
    {
        _due = clock.MonotonicClock + interval;
        timers.StartSingleTimer(nameof(ToSelf.Tick), ToSelf.Tick.OnTime, interval);
    }

    /// <summary>
    /// True: the tick counts. False: the machine was suspended. The messages in the mailbox go first, above all heartbeats, and the tick
    /// counts once, behind them.
    /// </summary>
    public bool TryTake(ToSelf.Tick tick)
    {
        var now = clock.MonotonicClock;
        if (tick == ToSelf.Tick.Late || now <= _due + (2 * interval))
        {
            return true;
        }

        _due = now;
        self.Tell(ToSelf.Tick.Late);
        return false;
    }
}

using Akka.Actor;

namespace RaftActors.Engine;

/// <summary>
/// The ticks of one engine. Each tick starts the timer of the next one. A periodic timer would let ticks pile up in the mailbox.
/// <para>
/// Invariant: a tick may come late but never early, because votes and the leader's lease hold for a number of ticks.
/// </para>
/// </summary>
/// <param name="tryTakeTurn">Lets an idle engine take the tick on this thread. False: the engine is busy.</param>
internal sealed class TickTimer(IActorRef self, IScheduler clock, TimeSpan interval, Func<object, bool> tryTakeTurn)
{
    private readonly Cancelable _stop = new(clock);
    private Action? _onDue;
    private TimeSpan _due;
    private volatile bool _maySkipMailbox;

    /// <summary>Starts the timer of the next tick.</summary>
    /// <param name="maySkipMailbox">
    /// True: the engine has little to do, and its mailbox has no heartbeats. Then the tick runs on the scheduler's thread, and wakes no
    /// thread of the pool.
    /// </param>
    public void Arm(bool maySkipMailbox)
    {
        _due = clock.MonotonicClock + interval;
        _maySkipMailbox = maySkipMailbox;
        clock.Advanced.ScheduleOnce(interval, _onDue ??= OnDue, _stop);
    }

    /// <summary>The engine has stopped.</summary>
    public void Stop() => _stop.Cancel();

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

    private void OnDue()
    {
        if (!_maySkipMailbox || !tryTakeTurn(ToSelf.Tick.OnTime))
        {
            self.Tell(ToSelf.Tick.OnTime, ActorRefs.NoSender);
        }
    }
}

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
    private readonly Cancelable _stop = new(clock);
    private Action? _onDue;
    private TimeSpan _due;
    private bool _isArmed;
    private volatile bool _isShort;

    /// <summary>Starts the timer of the next tick, unless it runs.</summary>
    /// <param name="isShort">
    /// True: the engine will have little to do, so it may run on the scheduler's thread. Otherwise other timers would wait for it.
    /// </param>
    public void Arm(bool isShort)
    {
        if (_isArmed)
        {
            return;
        }

        _isArmed = true;
        (_due, _isShort) = (clock.MonotonicClock + interval, isShort);
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
            _isArmed = false;
            return true;
        }

        _due = now;
        self.Tell(ToSelf.Tick.Late);
        return false;
    }

    private void OnDue()
    {
        if (_stop.IsCancellationRequested)
        {
            return; // A TestScheduler of Akka.NET runs cancelled actions too.
        }

        EngineDispatcher.BeginOffer();
        self.Tell(ToSelf.Tick.OnTime, ActorRefs.NoSender);
        EngineDispatcher.EndOffer(isTaken: _isShort);
    }
}

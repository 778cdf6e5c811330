using Akka.Actor;

namespace RaftActors.Engine;

/// <summary>
/// The ticks of one engine. They follow the monotonic clock: each turn of the engine begins by counting the ticks that have passed. So the
/// engine need not wake for ticks without effect, and a late wake-up lengthens no timeout.
/// <para>
/// Invariant: a tick may come late but never early, because votes and the leader's lease hold for a number of ticks. The clock is read
/// after the message of the turn was taken, so the promise for that message loses at most the rest of the present tick.
/// </para>
/// <para>
/// Pauses: an engine that wakes much later than planned was suspended with its machine, or could not run. The leader's heartbeats of that
/// time may still be in the mailbox. So the whole pause counts as one tick, which comes behind them.
/// </para>
/// </summary>
/// <param name="lateness">An engine that wakes later than planned by more than this was suspended.</param>
internal sealed class TickTimer(IActorRef self, ITickClock alarms, ITimeProvider time, TimeSpan interval, TimeSpan lateness)
{
    private static readonly TimeSpan Never = TimeSpan.MaxValue;

    // Engines that rest longer than this wake together, ten times a second, because ten thousand of them must not wake one by one.
    private static readonly TimeSpan LongRest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Grain = LongRest / 10;

    // For the engine's thread only.
    private bool _isArmed;
    private bool _isPaused;
    private TimeSpan _counted; // The time up to which ticks are counted.
    private TimeSpan _planned;

    // Guarded by the lock, since the clock calls on another thread.
    private readonly Lock _lock = new();
    private TimeSpan _wakeAt = Never;
    private TimeSpan _alarm = Never; // The earliest alarm that is set.
    private bool _isShort;
    private bool _isTold; // The mailbox has a tick.

    /// <summary>Plans the next turn. Call it at the end of each turn of an engine that counts ticks.</summary>
    /// <param name="ticks">The number of further ticks until the turn. An earlier message moves it.</param>
    /// <param name="isShort">The engine will have little to do, so it may run on the thread of the clock.</param>
    public void Arm(long ticks, bool isShort)
    {
        if (!_isArmed)
        {
            (_isArmed, _isPaused, _counted) = (true, false, time.HighResMonotonicClock);
        }
        else if (_isPaused)
        {
            return; // The tick for the pause is in the mailbox.
        }

        _planned = _counted + (ticks * interval);
        if (ticks * interval > LongRest)
        {
            _planned = Math.Ceiling(_planned / Grain) * Grain;
        }

        Plan(_planned, isShort);
    }

    /// <summary>Counts no ticks until the next <see cref="Arm"/>.</summary>
    public void Rest()
    {
        if (_isArmed)
        {
            _isArmed = false;
            Plan(Never, isShort: false);
        }
    }

    /// <summary>
    /// Takes the ticks that have passed. Call it at the beginning of each turn, after its message was taken. Returns 0 after a pause,
    /// because its one tick follows the messages that are in the mailbox by now.
    /// </summary>
    /// <param name="late">The whole ticks by which this turn is late.</param>
    public long TakeDue(out long late)
    {
        late = 0;
        if (!_isArmed || _isPaused)
        {
            return 0;
        }

        var now = time.HighResMonotonicClock;
        if (now - _planned > lateness)
        {
            _isPaused = true;
            self.Tell(ToEngine.Tick.Late, ActorRefs.NoSender);
            return 0;
        }

        var due = (now - _counted).Ticks / interval.Ticks;
        late = due > 0 ? Math.Max(0, (now - _planned).Ticks / interval.Ticks) : 0;
        _counted += due * interval;
        return due;
    }

    /// <summary>
    /// Takes a tick message out of the mailbox. Returns the length in ticks of the pause that it ends, or 0. The pause counts as one tick.
    /// </summary>
    public long Take(ToEngine.Tick tick)
    {
        if (!tick.IsLate)
        {
            lock (_lock)
            {
                _isTold = false;
            }
        }
        else if (_isPaused)
        {
            var now = time.HighResMonotonicClock;
            var late = (now - _planned).Ticks / interval.Ticks;
            (_isPaused, _counted, _planned) = (false, now, now);
            return Math.Max(late, 1);
        }

        return 0;
    }

    /// <summary>Tells the engine that a turn is due. For the clock.</summary>
    /// <param name="alarm">The time for which the alarm was set.</param>
    /// <returns>Whether the turn is short, or null if none is due because messages have moved it.</returns>
    public bool? TellDue(TimeSpan alarm)
    {
        bool isShort;
        lock (_lock)
        {
            if (alarm != _alarm)
            {
                return null; // An earlier alarm was set in its place.
            }

            _alarm = Never;
            if (time.HighResMonotonicClock < _wakeAt)
            {
                SetAlarm();
                return null;
            }

            (_isTold, isShort) = (true, _isShort);
        }

        self.Tell(ToEngine.Tick.OnTime, ActorRefs.NoSender);
        return isShort;
    }

    private void Plan(TimeSpan wakeAt, bool isShort)
    {
        lock (_lock)
        {
            (_wakeAt, _isShort) = (wakeAt, isShort);
            SetAlarm();
        }
    }

    private void SetAlarm()
    {
        if (!_isTold && _wakeAt < _alarm)
        {
            _alarm = _wakeAt;
            alarms.Set(this, _wakeAt);
        }
    }
}

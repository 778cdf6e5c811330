namespace Shared;

/// <summary>A clock that a test moves. Timers fire once, on the thread that moves it. Thread-safe.</summary>
public sealed class ManualClock : TimeProvider
{
    private readonly System.Threading.Lock _lock = new();
    private readonly List<Timer> _timers = [];
    private readonly DateTimeOffset _start = TimeProvider.System.GetUtcNow();
    private TimeSpan _now;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp()
    {
        lock (_lock)
        {
            return _now.Ticks;
        }
    }

    public override DateTimeOffset GetUtcNow() => _start + TimeSpan.FromTicks(GetTimestamp());

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Timer timer = new(this, () => callback(state));
        timer.Change(dueTime, period);
        lock (_lock)
        {
            _timers.Add(timer);
        }

        return timer;
    }

    public void Advance(TimeSpan time)
    {
        // With the context of the test, continuations would run on other threads, while the time goes on.
        var context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        var end = TimeSpan.FromTicks(GetTimestamp()) + time;
        while (Next(end) is { } next)
        {
            next.Fire();
        }

        SynchronizationContext.SetSynchronizationContext(context);
    }

    /// <summary>The time goes on, and no timer fires: the program stands still.</summary>
    public void Pause(TimeSpan time)
    {
        lock (_lock)
        {
            _now += time;
        }
    }

    // The time goes on to the next timer that is due, or to the end.
    private Timer? Next(TimeSpan end)
    {
        lock (_lock)
        {
            var next = _timers.MinBy(timer => timer.At) is { } first && first.At <= end ? first : null;
            _now = next is null ? end : next.At > _now ? next.At : _now;
            return next;
        }
    }

    private sealed class Timer(ManualClock clock, Action fire) : ITimer
    {
        public TimeSpan At { get; private set; } = TimeSpan.MaxValue;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock._lock)
            {
                At = dueTime == Timeout.InfiniteTimeSpan ? TimeSpan.MaxValue : clock._now + dueTime;
                return true;
            }
        }

        public void Fire()
        {
            Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            fire();
        }

        public void Dispose()
        {
            lock (clock._lock)
            {
                clock._timers.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}

namespace RaftActors.Coordination.Tests;

/// <summary>A clock that a test moves. Timers fire on the thread that moves it. Not thread-safe.</summary>
internal sealed class ManualClock : TimeProvider
{
    private readonly List<Timer> _timers = [];
    private TimeSpan _now;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => _now.Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, () => callback(state));
        timer.Change(dueTime, period);
        _timers.Add(timer);
        return timer;
    }

    public void Advance(TimeSpan time)
    {
        // With the context of the test, continuations would run on other threads, while the time goes on.
        var context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        var end = _now + time;
        while (_timers.MinBy(timer => timer.At) is { } next && next.At <= end)
        {
            _now = next.At;
            next.Fire();
        }

        _now = end;
        SynchronizationContext.SetSynchronizationContext(context);
    }

    /// <summary>The time goes on, and no timer fires: the program stands still.</summary>
    public void Pause(TimeSpan time) => _now += time;

    private sealed class Timer(ManualClock clock, Action fire) : ITimer
    {
        public TimeSpan At { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            At = dueTime == Timeout.InfiniteTimeSpan ? TimeSpan.MaxValue : clock._now + dueTime;
            return true;
        }

        public void Fire()
        {
            At = TimeSpan.MaxValue;
            fire();
        }

        public void Dispose() => clock._timers.Remove(this);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}

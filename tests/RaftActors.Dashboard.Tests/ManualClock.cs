namespace RaftActors.Dashboard.Tests;

/// <summary>A clock whose single timers are due when the test says so.</summary>
internal sealed class ManualClock : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly List<Alarm> _alarms = [];

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        lock (_lock)
        {
            Alarm alarm = new(() => callback(state), dueTime);
            _alarms.Add(alarm);
            return alarm;
        }
    }

    /// <summary>All timers that are due within this time are due now.</summary>
    public void Advance(TimeSpan by)
    {
        List<Alarm> due;
        lock (_lock)
        {
            due = [.. _alarms.Where(each => each.Due >= TimeSpan.Zero && each.Due <= by)];
        }

        due.ForEach(each => each.Ring());
    }

    private sealed class Alarm(Action ring, TimeSpan due) : ITimer
    {
        public TimeSpan Due { get; private set; } = due;

        public void Ring() => ring();

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            Due = dueTime;
            return true;
        }

        public void Dispose() => Due = Timeout.InfiniteTimeSpan;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}

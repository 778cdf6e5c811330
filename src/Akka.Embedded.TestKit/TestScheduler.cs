using System.Diagnostics;
using Akka.Actor;
using Akka.Configuration;
using Akka.Event;

namespace Akka.TestKit;

/// <summary>
/// A scheduler with virtual time, which only <see cref="Advance"/> moves. Due actions run on the test's thread, ordered by due
/// time, then by order of scheduling. Select it with <c>akka.scheduler.implementation = "Akka.TestKit.TestScheduler,
/// Akka.TestKit"</c>.
/// </summary>
public class TestScheduler : IScheduler, IAdvancedScheduler
{
    private readonly Lock _lock = new();
    private readonly PriorityQueue<Entry, (DateTimeOffset Due, long Number)> _entries = new();
    private DateTimeOffset _now;
    private long _count;

    public TestScheduler(Config schedulerConfig, ILoggingAdapter log)
    {
        _now = new DateTimeOffset(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);
    }

    /// <summary>The virtual time. Every scheduler starts at the same moment.</summary>
    public DateTimeOffset Now
    {
        get
        {
            lock (_lock)
            {
                return _now;
            }
        }
    }

    /// <summary>The machine's monotonic clock, as with Akka.NET. Advance moves only <see cref="Now"/>.</summary>
    public TimeSpan MonotonicClock => HighResMonotonicClock;

    public TimeSpan HighResMonotonicClock => Stopwatch.GetElapsedTime(0);

    public IAdvancedScheduler Advanced => this;

    /// <summary>
    /// Moves the clock, then runs each due action once, in order of time. As with Akka.NET, actions scheduled meanwhile count from
    /// the new time. A repeated action does not run again for missed intervals.
    /// </summary>
    public void Advance(TimeSpan offset)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(offset, TimeSpan.Zero);
        foreach (var entry in MoveAndTakeDue(offset))
        {
            if (entry.Cancelable?.IsCancellationRequested == true)
            {
                continue;
            }

            entry.Run();
            if (entry.Interval is { } interval)
            {
                Add(interval, entry);
            }
        }
    }

    public void ScheduleTellOnce(TimeSpan delay, ICanTell receiver, object message, IActorRef? sender)
        => Add(delay, null, () => receiver.Tell(message, sender), null);

    public void ScheduleTellOnce(TimeSpan delay, ICanTell receiver, object message, IActorRef? sender, ICancelable? cancelable)
        => Add(delay, null, () => receiver.Tell(message, sender), cancelable);

    public void ScheduleTellRepeatedly(TimeSpan initialDelay, TimeSpan interval, ICanTell receiver, object message, IActorRef? sender)
        => Add(initialDelay, interval, () => receiver.Tell(message, sender), null);

    public void ScheduleTellRepeatedly(
        TimeSpan initialDelay, TimeSpan interval, ICanTell receiver, object message, IActorRef? sender, ICancelable? cancelable)
        => Add(initialDelay, interval, () => receiver.Tell(message, sender), cancelable);

    void IActionScheduler.ScheduleOnce(TimeSpan delay, Action action) => Add(delay, null, action, null);

    void IActionScheduler.ScheduleOnce(TimeSpan delay, Action action, ICancelable? cancelable)
        => Add(delay, null, action, cancelable);

    void IActionScheduler.ScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, Action action)
        => Add(initialDelay, interval, action, null);

    void IActionScheduler.ScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, Action action, ICancelable? cancelable)
        => Add(initialDelay, interval, action, cancelable);

    private void Add(TimeSpan delay, TimeSpan? interval, Action action, ICancelable? cancelable)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(delay, TimeSpan.Zero);
        if (interval is { } period)
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(period, TimeSpan.Zero, nameof(interval));
        }

        Add(delay, new Entry(interval, action, cancelable));
    }

    private void Add(TimeSpan delay, Entry entry)
    {
        lock (_lock)
        {
            _entries.Enqueue(entry, (_now + delay, _count++));
        }
    }

    private List<Entry> MoveAndTakeDue(TimeSpan offset)
    {
        var due = new List<Entry>();
        lock (_lock)
        {
            _now += offset;
            while (_entries.TryPeek(out var entry, out var priority) && priority.Due <= _now)
            {
                _entries.Dequeue();
                due.Add(entry);
            }
        }

        return due;
    }

    private sealed class Entry(TimeSpan? interval, Action run, ICancelable? cancelable)
    {
        public TimeSpan? Interval { get; } = interval;

        public Action Run { get; } = run;

        public ICancelable? Cancelable { get; } = cancelable;
    }
}

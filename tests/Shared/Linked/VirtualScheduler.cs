using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Event;

namespace VirtualTime;

/// <summary>
/// A scheduler whose clocks only <see cref="Advance"/> moves. Ticks, restart windows, logging pauses and metrics follow them, because the
/// monotonic clocks are virtual too. Thread-safe. Each test project that moves time compiles this file.
/// </summary>
/// <remarks>
/// Akka's TestScheduler does not serve. Its monotonic clocks follow real time, and it loses a timer that is set for the present while the
/// clock advances. An engine whose turn is not over by then sets such a timer. It would never wake again.
/// </remarks>
internal sealed class VirtualScheduler(Config schedulerConfig, ILoggingAdapter log) : SchedulerBase(schedulerConfig, log), ITimeProvider
{
    private readonly DateTimeOffset _start = DateTimeOffset.UtcNow;
    private readonly Lock _lock = new();

    // By due time, and then in the order in which they were set.
    private readonly PriorityQueue<Timer, (TimeSpan DueAt, long Number)> _timers = new();
    private TimeSpan _elapsed;
    private long _number;

    /// <inheritdoc/>
    public override TimeSpan MonotonicClock
    {
        get
        {
            lock (_lock)
            {
                return _elapsed;
            }
        }
    }

    /// <inheritdoc/>
    public override TimeSpan HighResMonotonicClock => MonotonicClock;

    /// <inheritdoc/>
    protected override DateTimeOffset TimeNow => _start + MonotonicClock;

    /// <summary>
    /// Moves the clocks, and then runs the timers that are due, on the thread of the caller. A repeated timer runs once. A timer that is
    /// set meanwhile waits for the next call, also if it is due at once.
    /// </summary>
    public void Advance(TimeSpan by)
    {
        foreach (var timer in TakeDue(by))
        {
            if (!timer.IsCancelled)
            {
                timer.Run();
            }
        }
    }

    /// <inheritdoc/>
    protected override void InternalScheduleTellOnce(
        TimeSpan delay, ICanTell receiver, object message, IActorRef sender, ICancelable? cancelable) =>
        Set(delay, new Timer(() => receiver.Tell(message, sender), null, cancelable));

    /// <inheritdoc/>
    protected override void InternalScheduleTellRepeatedly(
        TimeSpan initialDelay, TimeSpan interval, ICanTell receiver, object message, IActorRef sender, ICancelable? cancelable) =>
        Set(initialDelay, new Timer(() => receiver.Tell(message, sender), interval, cancelable));

    /// <inheritdoc/>
    protected override void InternalScheduleOnce(TimeSpan delay, Action action, ICancelable? cancelable) =>
        Set(delay, new Timer(action, null, cancelable));

    /// <inheritdoc/>
    protected override void InternalScheduleOnce(TimeSpan delay, IRunnable action, ICancelable? cancelable) =>
        Set(delay, new Timer(action.Run, null, cancelable));

    /// <inheritdoc/>
    protected override void InternalScheduleRepeatedly(
        TimeSpan initialDelay, TimeSpan interval, Action action, ICancelable? cancelable) =>
        Set(initialDelay, new Timer(action, interval, cancelable));

    /// <inheritdoc/>
    protected override void InternalScheduleRepeatedly(
        TimeSpan initialDelay, TimeSpan interval, IRunnable action, ICancelable? cancelable) =>
        Set(initialDelay, new Timer(action.Run, interval, cancelable));

    private List<Timer> TakeDue(TimeSpan by)
    {
        lock (_lock)
        {
            _elapsed += by;
            List<Timer> due = [];
            while (_timers.TryPeek(out _, out var next) && next.DueAt <= _elapsed)
            {
                due.Add(_timers.Dequeue());
            }

            due.RemoveAll(timer => timer.IsCancelled);
            foreach (var timer in due)
            {
                if (timer.Interval is { } interval)
                {
                    Set(interval, timer);
                }
            }

            return due;
        }
    }

    private void Set(TimeSpan delay, Timer timer)
    {
        lock (_lock)
        {
            _timers.Enqueue(timer, (_elapsed + delay, _number++));
        }
    }

    /// <param name="Interval">Null: it runs once.</param>
    private sealed record Timer(Action Run, TimeSpan? Interval, ICancelable? Cancelable)
    {
        public bool IsCancelled => Cancelable is { IsCancellationRequested: true };
    }
}

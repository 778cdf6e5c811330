using System.Diagnostics;
using Akka.Event;

namespace Akka.Actor;

/// <summary>
/// The default scheduler: a heap and one thread. Actions run in the order of their due times, and equal ones in the order of
/// scheduling. Precision is that of a thread's wait, about a millisecond. No action runs early.
/// </summary>
/// <remarks>A thread pool timer per entry would be less code. But it fires in no order and waits for a free pool thread.</remarks>
internal sealed class TimerThreadScheduler : IScheduler, IAdvancedScheduler, IDisposable
{
    private const int LeastPurge = 1024;

    private readonly PriorityQueue<Entry, (TimeSpan Due, long Number)> _entries = new();
    private readonly Lock _lock = new();

    // Without spinning: the next entry is mostly milliseconds away, and an idle node would spin before each wait.
    private readonly ManualResetEventSlim _earlier = new(false, spinCount: 0);
    private readonly ILoggingAdapter _log;
    private readonly Thread _thread;
    private long _numbers;
    private int _purgeAt = LeastPurge;
    private TimeSpan _sleepsUntil = TimeSpan.MaxValue;
    private bool _isStopped;

    public TimerThreadScheduler(ILoggingAdapter log)
    {
        _log = log;

        // The first entry starts the thread, so that a system that fails to start leaves no thread behind.
        _thread = new Thread(Work) { IsBackground = true, Name = "akka-scheduler" };
    }

    public DateTimeOffset Now => DateTimeOffset.UtcNow;

    public TimeSpan MonotonicClock => HighResMonotonicClock;

    public TimeSpan HighResMonotonicClock => Stopwatch.GetElapsedTime(0);

    public IAdvancedScheduler Advanced => this;

    /// <summary>Runs all outstanding entries at once, each one time, as Akka.NET does.</summary>
    public void Dispose()
    {
        List<Entry> outstanding;
        lock (_lock)
        {
            _isStopped = true;
            outstanding = [.. _entries.UnorderedItems.OrderBy(item => item.Priority).Select(item => item.Element)];
            _entries.Clear();
        }

        _earlier.Set();
        outstanding.ForEach(Fire);
    }

    public void ScheduleTellOnce(TimeSpan delay, ICanTell receiver, object message, IActorRef? sender) =>
        ScheduleTellOnce(delay, receiver, message, sender, null);

    public void ScheduleTellOnce(TimeSpan delay, ICanTell receiver, object message, IActorRef? sender, ICancelable? cancelable) =>
        Add(delay, null, () => receiver.Tell(message, sender), cancelable);

    public void ScheduleTellRepeatedly(TimeSpan initialDelay, TimeSpan interval, ICanTell receiver, object message, IActorRef? sender) =>
        ScheduleTellRepeatedly(initialDelay, interval, receiver, message, sender, null);

    public void ScheduleTellRepeatedly(
        TimeSpan initialDelay, TimeSpan interval, ICanTell receiver, object message, IActorRef? sender, ICancelable? cancelable) =>
        Add(initialDelay, interval, () => receiver.Tell(message, sender), cancelable);

    public void ScheduleOnce(TimeSpan delay, Action action) => Add(delay, null, action, null);

    public void ScheduleOnce(TimeSpan delay, Action action, ICancelable? cancelable) => Add(delay, null, action, cancelable);

    public void ScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, Action action) => Add(initialDelay, interval, action, null);

    public void ScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, Action action, ICancelable? cancelable) =>
        Add(initialDelay, interval, action, cancelable);

    private void Add(TimeSpan delay, TimeSpan? interval, Action action, ICancelable? cancelable)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(delay, TimeSpan.Zero);
        if (interval is { } period)
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(period, TimeSpan.Zero, nameof(interval));
        }

        var now = MonotonicClock;
        var due = delay < TimeSpan.MaxValue - now ? now + delay : TimeSpan.MaxValue;
        lock (_lock)
        {
            if (_isStopped)
            {
                throw new SchedulerException("Cannot schedule: the scheduler has stopped with its actor system.");
            }

            PurgeCancelled();
            Enqueue(new Entry(action, interval, cancelable), due);
            if (due < _sleepsUntil)
            {
                _earlier.Set();
            }

            if (_thread.ThreadState.HasFlag(System.Threading.ThreadState.Unstarted))
            {
                _thread.Start();
            }
        }
    }

    private void Enqueue(Entry entry, TimeSpan due) => _entries.Enqueue(entry, (due, _numbers++));

    /// <summary>
    /// Removes cancelled entries each time the heap has doubled. Cancelling leaves an entry in the heap, which keeps it cheap.
    /// Without this, timeouts that are set and cancelled would accumulate until they are due.
    /// </summary>
    private void PurgeCancelled()
    {
        if (_entries.Count < _purgeAt)
        {
            return;
        }

        (Entry, (TimeSpan, long))[] live = [.. _entries.UnorderedItems.Where(item => !item.Element.IsCancelled)];
        _entries.Clear();
        _entries.EnqueueRange(live);
        _purgeAt = Math.Max(LeastPurge, 2 * live.Length);
    }

    private void Work()
    {
        while (true)
        {
            Entry? entry = null;
            TimeSpan wait;
            lock (_lock)
            {
                if (_isStopped)
                {
                    return;
                }

                _earlier.Reset();
                var now = MonotonicClock;
                var due = _entries.TryPeek(out _, out var first) ? first.Due : TimeSpan.MaxValue;
                wait = due - now;
                _sleepsUntil = due;
                if (due <= now)
                {
                    entry = _entries.Dequeue();
                    if (entry is { Interval: { } interval, IsCancelled: false })
                    {
                        // A fixed rate, but intervals missed during a pause of the machine are not made up for.
                        Enqueue(entry, due + interval > now ? due + interval : now + interval);
                    }
                }
            }

            if (entry is not null)
            {
                Fire(entry);
            }
            else
            {
                // Rounded up: an early wake-up would cost a second one. At most a day, because a wait takes an int.
                _earlier.Wait((int)Math.Min(Math.Ceiling(wait.TotalMilliseconds), 86_400_000));
            }
        }
    }

    private void Fire(Entry entry)
    {
        if (entry.IsCancelled)
        {
            return;
        }

        try
        {
            entry.Action();
        }
        catch (SchedulerException) when (_isStopped)
        {
            // Entries that run during disposal may try to schedule more.
        }
        catch (Exception failure)
        {
            entry.HasFailed = true;
            _log.Error(failure, "A scheduled action failed. It is not repeated.");
        }
    }

    private sealed class Entry(Action action, TimeSpan? interval, ICancelable? cancelable)
    {
        public Action Action { get; } = action;

        public TimeSpan? Interval { get; } = interval;

        public bool HasFailed { get; set; }

        public bool IsCancelled => HasFailed || cancelable is { IsCancellationRequested: true };
    }
}

using Akka.Actor;

using RaftActors.Settings;

namespace RaftActors.Delivery;

/// <summary>
/// Tells an actor that leads which of its reminders are due. <c>After</c> counts the monotonic time of this process, from the moment at
/// which its actor has handled the pair that set the reminder. So a new leader goes on counting, and a restart begins anew: it may be late,
/// and is never early. <c>At</c> follows the wall clock, which a leader gives to the pairs of its log. Not thread-safe: the actor's own.
/// </summary>
internal sealed class ReminderClock(IScheduler scheduler, IActorRef actor, long life)
{
    // A wall clock may be set.
    private static readonly TimeSpan WallPause = TimeSpan.FromSeconds(10);

    // The scheduler need not know longer times. A reminder that is due later is looked at again.
    private static readonly TimeSpan WakeMax = TimeSpan.FromDays(1);

    // Until a reminder whose pair was not appended is tried again.
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    // The queue keeps so many reminders that were forgotten or set anew, and as many as there are.
    private const int SlackMax = 64;

    private readonly PriorityQueue<Reminder, TimeSpan> _waiting = new();

    // The reminders whose pairs are on their way, by the Append.
    private readonly Dictionary<RequestRef, Reminder> _sent = [];
    private (TimeSpan Due, ICancelable Timer)? _wake;
    private TimeSpan _woken;

    // The scheduler of a test does not move its monotonic clock, and wakes the actor in its own time.
    private TimeSpan Now => scheduler.MonotonicClock is var now && now > _woken ? now : _woken;

    /// <summary>The actor leads, and its leadership is ready.</summary>
    public bool IsRunning { get; private set; }

    /// <summary>The actor leads from now on.</summary>
    public void Start()
    {
        IsRunning = true;
        Wake();
    }

    /// <summary>The actor does not lead any more, or has ended.</summary>
    public void Stop()
    {
        // Their pairs may not be in the log.
        foreach (var reminder in _sent.Values)
        {
            _waiting.Enqueue(reminder, Now);
        }

        _sent.Clear();
        IsRunning = false;
        _wake?.Timer.Cancel();
        _wake = null;
    }

    /// <summary>The time that each reminder has left, by its number. One whose pair is on its way is not there.</summary>
    public Dictionary<long, TimeSpan> Left() =>
        _waiting.UnorderedItems.ToDictionary(each => each.Element.Number, each => each.Priority - Now);

    /// <summary>The reminders are those of a snapshot. One that was set before goes on counting.</summary>
    public void OnRestored(Reminders reminders)
    {
        var left = Left();
        _waiting.Clear();
        _sent.Clear();
        foreach (var reminder in reminders.All)
        {
            Add(reminder, left.TryGetValue(reminder.Number, out var known) ? known : TimeOf(reminder));
        }
    }

    /// <summary>A reminder was set.</summary>
    public void OnSet(Reminder reminder, Reminders reminders)
    {
        if (_waiting.Count > (2 * reminders.Count) + SlackMax)
        {
            (Reminder Element, TimeSpan Priority)[] kept =
                [.. _waiting.UnorderedItems.Where(each => reminders.Has(each.Element.Name, each.Element.Number))];
            _waiting.Clear();
            _waiting.EnqueueRange(kept);
        }

        Add(reminder, TimeOf(reminder));
    }

    /// <summary>The actor is woken.</summary>
    public void OnWoken(ToActor.ReminderDue due)
    {
        _woken = due.Time > _woken ? due.Time : _woken;
        if (_wake?.Due <= due.Time)
        {
            _wake = null;
        }
    }

    /// <summary>Takes a reminder that is due. Null: none is, so the actor is woken when the next one is.</summary>
    /// <param name="reminders">A reminder that is not in it any more is left out.</param>
    public Reminder? TryTakeDue(Reminders reminders)
    {
        while (_waiting.TryPeek(out var reminder, out var due) && due <= Now)
        {
            _waiting.Dequeue();
            if (!reminders.Has(reminder.Name, reminder.Number))
            {
                continue;
            }

            if (reminder.After is null && UntilWallClock(reminder) is var left && left > TimeSpan.Zero)
            {
                Add(reminder, left);
                continue;
            }

            return reminder;
        }

        Wake();
        return null;
    }

    /// <summary>The pair of a reminder is being appended.</summary>
    public void Sent(RequestRef request, Reminder reminder) => _sent.Add(request, reminder);

    /// <summary>The pair is applied.</summary>
    public void OnApplied(RequestRef request) => _sent.Remove(request);

    /// <summary>The pair may not be in the log.</summary>
    public void OnCancelled(RequestRef request)
    {
        if (_sent.Remove(request, out var reminder))
        {
            Add(reminder, Pause);
        }
    }

    private static TimeSpan TimeOf(Reminder reminder) => reminder.After ?? UntilWallClock(reminder);

    private static TimeSpan UntilWallClock(Reminder reminder) => reminder.At - Machine.Current.Time.GetUtcNow();

    private void Add(Reminder reminder, TimeSpan delay)
    {
        delay = reminder.After is null && delay > WallPause ? WallPause : delay;
        _waiting.Enqueue(reminder, After(delay));
        Wake();
    }

    private void Wake()
    {
        if (!IsRunning || !_waiting.TryPeek(out _, out var due) || _wake?.Due <= due)
        {
            return;
        }

        _wake?.Timer.Cancel();
        var delay = due > Now ? due - Now : TimeSpan.Zero;
        delay = delay < WakeMax ? delay : WakeMax;
        due = After(delay);
        _wake = (due, scheduler.ScheduleTellOnceCancelable(delay, actor, new ToActor.ReminderDue(life, due), actor));
    }

    // A reminder may be set for ever.
    private TimeSpan After(TimeSpan delay) =>
        delay <= TimeSpan.Zero ? Now : delay < TimeSpan.MaxValue - Now ? Now + delay : TimeSpan.MaxValue;
}

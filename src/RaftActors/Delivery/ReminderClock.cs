using Akka.Actor;

using RaftActors.Settings;

namespace RaftActors.Delivery;

/// <summary>
/// Tells an actor that leads which of its reminders are due. <c>After</c> counts the monotonic time since this process's actor handled the
/// pair that set the reminder. So a new leader has counted too. A restart begins anew, so the reminder may be late, and is never early.
/// <c>At</c> follows the wall clock, which a leader gives to the pairs of its log. Not thread-safe: the actor's own.
/// </summary>
internal sealed class ReminderClock(IScheduler scheduler, IActorRef actor, long life)
{
    // The wall clock may be set, so it is read again after this time.
    private static readonly TimeSpan WallPause = TimeSpan.FromSeconds(10);

    // The longest time for the scheduler, which need not know longer ones. A later reminder is checked again.
    private static readonly TimeSpan WakeMax = TimeSpan.FromDays(1);

    // The pause before another attempt for a reminder whose pair was not appended.
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    // The queue keeps reminders that were forgotten or set anew. It is cleaned when it has twice the set ones, and this many more.
    private const int SlackMax = 64;

    private readonly PriorityQueue<Reminder, TimeSpan> _waiting = new();

    // The reminders whose pairs are being appended, by the Append.
    private readonly Dictionary<RequestRef, Reminder> _sent = [];
    private (TimeSpan Due, ICancelable Timer)? _wake;
    private TimeSpan _woken;

    // A test's scheduler may wake the actor without moving the monotonic clock, so the time of the wake-up counts too.
    private TimeSpan Now => scheduler.MonotonicClock is var now && now > _woken ? now : _woken;

    /// <summary>The actor leads, and its leadership is ready.</summary>
    public bool IsRunning { get; private set; }

    public void Start()
    {
        IsRunning = true;
        Wake();
    }

    public void Stop()
    {
        // The pairs of these reminders may not be in the log.
        foreach (var reminder in _sent.Values)
        {
            _waiting.Enqueue(reminder, Now);
        }

        _sent.Clear();
        IsRunning = false;
        _wake?.Timer.Cancel();
        _wake = null;
    }

    /// <summary>The time that each reminder has left, by its number. Lacks the reminders whose pairs are being appended.</summary>
    public Dictionary<long, TimeSpan> Left() =>
        _waiting.UnorderedItems.ToDictionary(each => each.Element.Number, each => each.Priority - Now);

    /// <summary>Takes the reminders of a snapshot. Those that were set before go on counting.</summary>
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

    public void OnWoken(ToActor.ReminderDue due)
    {
        _woken = due.Time > _woken ? due.Time : _woken;
        if (_wake?.Due <= due.Time)
        {
            _wake = null;
        }
    }

    /// <summary>Takes a due reminder. Returns null if none is due, and then wakes the actor when the next one is.</summary>
    /// <param name="reminders">Reminders that are not in it any more are dropped.</param>
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

    public void Sent(RequestRef request, Reminder reminder) => _sent.Add(request, reminder);

    public void OnApplied(RequestRef request) => _sent.Remove(request);

    /// <summary>Tries the reminder of an Append again after a pause, because its pair may not be in the log.</summary>
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

    // The time may be as long as TimeSpan.MaxValue.
    private TimeSpan After(TimeSpan delay) =>
        delay <= TimeSpan.Zero ? Now : delay < TimeSpan.MaxValue - Now ? Now + delay : TimeSpan.MaxValue;
}

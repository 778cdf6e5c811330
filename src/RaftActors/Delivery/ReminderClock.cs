using Akka.Actor;

using RaftActors.Settings;

namespace RaftActors.Delivery;

/// <summary>
/// Tells an actor that leads which of its reminders are due. <c>After</c> counts the monotonic time since this process's actor handled the
/// pair that set the reminder. So a new leader has counted too. A restart begins anew, so the reminder may be late, and is never early.
/// <c>At</c> follows the wall clock, which a leader gives to the pairs of its log. At most 256 reminders are told at a time, and the others
/// wait for an outcome. Not thread-safe: the actor's own.
/// </summary>
internal sealed class ReminderClock(IScheduler scheduler, IActorRef actor, long life)
{
    // As many as the Appends of a client that are under way. More would delay the actor's own Appends, which wait in the same queue.
    private const int SentMax = 256;

    // The wall clock may be set, so it is read again after this time.
    private static readonly TimeSpan WallPause = TimeSpan.FromSeconds(10);

    // The longest time for the scheduler, which need not know longer ones. A later reminder is checked again.
    private static readonly TimeSpan WakeMax = TimeSpan.FromDays(1);

    // The pause before another attempt for a reminder whose pair was not appended.
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    // The queues keep reminders that were forgotten or set anew. They are cleaned when they have twice the set ones, and this many more.
    private const int SlackMax = 64;

    // By the monotonic clock: those with After, and those with At that were not appended and are tried again.
    private readonly PriorityQueue<Reminder, TimeSpan> _waiting = new();

    // By the wall clock, which is compared with the first one alone.
    private readonly PriorityQueue<Reminder, DateTimeOffset> _waitingAt = new();

    // The reminders whose pairs are being appended, by the Append.
    private readonly Dictionary<RequestRef, Reminder> _sent = [];
    private (TimeSpan Due, ICancelable Timer)? _wake;
    private TimeSpan _woken;

    // A test's scheduler may wake the actor without moving the monotonic clock, so the time of the wake-up counts too.
    private TimeSpan Now => scheduler.MonotonicClock is var now && now > _woken ? now : _woken;

    private static DateTimeOffset WallNow => Machine.Current.Time.GetUtcNow();

    /// <summary>The actor leads, and its leadership is ready.</summary>
    public bool IsRunning { get; private set; }

    public void Start()
    {
        IsRunning = true;
        Wake();
    }

    public void Stop()
    {
        IsRunning = false;

        // The pairs of these reminders may not be in the log.
        foreach (var reminder in _sent.Values)
        {
            Add(reminder, TimeSpan.Zero);
        }

        _sent.Clear();
        _wake?.Timer.Cancel();
        _wake = null;
    }

    /// <summary>The time that each reminder has left, by its number. Lacks the reminders whose pairs are being appended.</summary>
    public Dictionary<long, TimeSpan> Left()
    {
        var (now, wall) = (Now, WallNow);
        return _waiting.UnorderedItems.Select(each => (each.Element.Number, Left: each.Priority - now))
            .Concat(_waitingAt.UnorderedItems.Select(each => (each.Element.Number, Left: each.Priority - wall)))
            .ToDictionary(each => each.Number, each => each.Left);
    }

    /// <summary>Takes the reminders of a snapshot. Those that were set before go on counting.</summary>
    public void OnRestored(Reminders reminders)
    {
        var left = Left();
        _waiting.Clear();
        _waitingAt.Clear();
        _sent.Clear();
        foreach (var reminder in reminders.All)
        {
            Add(reminder, left.TryGetValue(reminder.Number, out var known) ? known : TimeOf(reminder));
        }
    }

    public void OnSet(Reminder reminder, Reminders reminders)
    {
        if (_waiting.Count + _waitingAt.Count > (2 * reminders.Count) + SlackMax)
        {
            Clean(_waiting, reminders);
            Clean(_waitingAt, reminders);
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

    /// <summary>
    /// Takes a due reminder while the actor leads. Returns null if none is due, and then wakes the actor when the next one is. Also returns
    /// null if the most are told: ask again after the outcome of one.
    /// </summary>
    /// <param name="reminders">Reminders that are not in it any more are dropped.</param>
    public Reminder? TryTakeDue(Reminders reminders)
    {
        if (!IsRunning || _sent.Count >= SentMax)
        {
            return null;
        }

        while ((TryTake(_waiting, Now) ?? TryTake(_waitingAt, WallNow)) is { } reminder)
        {
            if (!reminders.Has(reminder.Name, reminder.Number))
            {
                continue;
            }

            if (reminder.After is null && reminder.At > WallNow)
            {
                // The wall clock was ahead when it was told before.
                _waitingAt.Enqueue(reminder, reminder.At);
                continue;
            }

            return reminder;
        }

        Wake();
        return null;
    }

    public void Sent(RequestRef request, Reminder reminder) => _sent.Add(request, reminder);

    /// <summary>Ends the Append of a reminder, whose pair was handled. Returns false if it is none.</summary>
    public bool OnApplied(RequestRef request) => _sent.Remove(request);

    /// <summary>
    /// Tries the reminder of an Append again after a pause, because its pair may not be in the log. Returns false if it is none.
    /// </summary>
    public bool OnCancelled(RequestRef request)
    {
        if (!_sent.Remove(request, out var reminder))
        {
            return false;
        }

        _waiting.Enqueue(reminder, After(Pause));
        Wake();
        return true;
    }

    // One with At is due by the wall clock.
    private static TimeSpan TimeOf(Reminder reminder) => reminder.After ?? TimeSpan.Zero;

    private static Reminder? TryTake<TTime>(PriorityQueue<Reminder, TTime> waiting, TTime now)
        where TTime : IComparable<TTime> =>
        waiting.TryPeek(out _, out var due) && due.CompareTo(now) <= 0 ? waiting.Dequeue() : null;

    private static void Clean<TTime>(PriorityQueue<Reminder, TTime> waiting, Reminders reminders)
    {
        (Reminder Element, TTime Priority)[] kept =
            [.. waiting.UnorderedItems.Where(each => reminders.Has(each.Element.Name, each.Element.Number))];
        waiting.Clear();
        waiting.EnqueueRange(kept);
    }

    /// <param name="delay">Used only with <c>After</c>.</param>
    private void Add(Reminder reminder, TimeSpan delay)
    {
        if (reminder.After is null)
        {
            _waitingAt.Enqueue(reminder, reminder.At);
        }
        else
        {
            _waiting.Enqueue(reminder, After(delay));
        }

        Wake();
    }

    private TimeSpan? NextDue()
    {
        TimeSpan? next = _waiting.TryPeek(out _, out var due) ? due : null;
        if (!_waitingAt.TryPeek(out _, out var at))
        {
            return next;
        }

        var left = at - WallNow;
        var look = After(left < WallPause ? left : WallPause);
        return next < look ? next : look;
    }

    private void Wake()
    {
        if (!IsRunning || NextDue() is not { } due || _wake?.Due <= due)
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

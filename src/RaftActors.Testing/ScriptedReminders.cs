namespace RaftActors.Testing;

/// <summary>Reminders of a scripted group, as timers. For its lock, under which they are told, too.</summary>
internal sealed class ScriptedReminders(TimeProvider time, System.Threading.Lock sync)
{
    // A timer of the system takes 49 days at most.
    private static readonly TimeSpan WaitMax = TimeSpan.FromDays(1);

    private readonly Dictionary<string, Reminder> _byName = new(StringComparer.Ordinal);

    public IEnumerable<string> Names => _byName.Keys;

    /// <summary>Sets a reminder. One with the same name is replaced.</summary>
    public void Set(string name, TimeSpan after, Action tell)
    {
        Forget(name);
        Reminder reminder = new(name, time.GetTimestamp(), after, tell);
        _byName[name] = reminder;
        reminder.Timer = time.CreateTimer(OnTimer, reminder, WaitOf(after), Timeout.InfiniteTimeSpan);
    }

    public void Forget(string name)
    {
        if (_byName.Remove(name, out var former))
        {
            former.Timer?.Dispose();
        }
    }

    private static TimeSpan WaitOf(TimeSpan left) => left < TimeSpan.Zero ? TimeSpan.Zero : left < WaitMax ? left : WaitMax;

    private void OnTimer(object? state)
    {
        lock (sync)
        {
            // It may have been replaced or forgotten since the timer fired.
            if (state is not Reminder reminder || _byName.GetValueOrDefault(reminder.Name) != reminder)
            {
                return;
            }

            if (reminder.After - time.GetElapsedTime(reminder.SetAt) is var left && left > TimeSpan.Zero)
            {
                reminder.Timer?.Change(WaitOf(left), Timeout.InfiniteTimeSpan);
                return;
            }

            Forget(reminder.Name);
            reminder.Tell();
        }
    }

    private sealed class Reminder(string name, long setAt, TimeSpan after, Action tell)
    {
        public string Name => name;

        public long SetAt => setAt;

        public TimeSpan After => after;

        public Action Tell => tell;

        public ITimer? Timer { get; set; }
    }
}

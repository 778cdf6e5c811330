namespace RaftActors.Tests.Delivery;

/// <summary>The times of the reminders of a running process that gets a snapshot.</summary>
public sealed class ReminderClockTests : TestKit
{
    private readonly Reminders _reminders = new();
    private readonly ReminderClock _clock;

    public ReminderClockTests()
        : base("""akka { loglevel = OFF, scheduler.implementation = "VirtualTime.VirtualScheduler, RaftActors.Tests" }""")
    {
        _clock = new ReminderClock(Sys.Scheduler, TestActor, life: 1);
        _clock.OnSet(Set(_reminders, "tea"), _reminders);
        Advance(6);
    }

    [Fact]
    public void Snapshot_keeps_the_time_of_a_reminder_that_it_has_too()
    {
        var ahead = Copy();
        var egg = Set(ahead, "egg");
        _clock.OnRestored(ahead);

        Assert.Equal([4, 10], Left(ahead));
        _clock.Start();
        Advance(4);
        Assert.Equal("tea", _clock.TryTakeDue(ahead)?.Name);
        Assert.Null(_clock.TryTakeDue(ahead));
        Advance(6);
        Assert.Equal(egg, _clock.TryTakeDue(ahead));
    }

    [Fact]
    public void Snapshot_begins_the_time_of_a_reminder_anew_that_was_set_anew()
    {
        var ahead = Copy();
        Set(ahead, "tea");
        _clock.OnRestored(ahead);

        Assert.Equal([10], Left(ahead));
        _clock.Start();
        Advance(9);
        Assert.Null(_clock.TryTakeDue(ahead));
        Advance(1);
        Assert.Equal("tea", _clock.TryTakeDue(ahead)?.Name);
    }

    [Fact]
    public void Wall_clock_is_compared_with_the_first_reminder_alone()
    {
        for (var number = 0; number < 100; number++)
        {
            _clock.OnSet(_reminders.Set($"{number}", null, DateTimeOffset.UnixEpoch.AddYears(100 + number), default), _reminders);
        }

        _clock.Start();
        Advance(10);
        Assert.Equal("tea", _clock.TryTakeDue(_reminders)?.Name);
        CountingTime time = new();
        Machine.Use(new ClockMachine(time));
        try
        {
            Assert.Null(_clock.TryTakeDue(_reminders));
        }
        finally
        {
            Machine.Use(null);
        }

        Assert.InRange(time.Readings, 1, 3);
    }

    [Fact]
    public void Reminder_that_was_due_is_told_later_if_the_wall_clock_was_ahead()
    {
        CountingTime time = new() { Now = DateTimeOffset.UnixEpoch.AddHours(2) };
        Machine.Use(new ClockMachine(time));
        try
        {
            _clock.Start();
            _clock.OnSet(_reminders.Set("bell", null, DateTimeOffset.UnixEpoch.AddHours(1), default), _reminders);
            RequestRef request = new(new ProcessName("a@n1"), default, 1);
            _clock.Sent(request, Assert.IsType<Reminder>(_clock.TryTakeDue(_reminders)));
            time.Now = DateTimeOffset.UnixEpoch;
            Assert.True(_clock.OnCancelled(request));
            Advance(1);
            Assert.Null(_clock.TryTakeDue(_reminders));
            time.Now = DateTimeOffset.UnixEpoch.AddHours(1);

            Assert.Equal("bell", _clock.TryTakeDue(_reminders)?.Name);
        }
        finally
        {
            Machine.Use(null);
        }
    }

    private sealed class CountingTime : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = DateTimeOffset.UnixEpoch;

        public int Readings { get; private set; }

        public override DateTimeOffset GetUtcNow()
        {
            Readings++;
            return Now;
        }
    }

    private static Reminder Set(Reminders reminders, string name) => reminders.Set(name, TimeSpan.FromSeconds(10), default, default);

    // As the process has them that took the snapshot.
    private Reminders Copy()
    {
        ByteWriter writer = new();
        _reminders.Write(writer);
        ByteReader reader = new(writer.Written);
        return Reminders.Read(ref reader);
    }

    private IEnumerable<double> Left(Reminders reminders)
    {
        var left = _clock.Left();
        return reminders.All.Select(each => left[each.Number].TotalSeconds);
    }

    private void Advance(int seconds) => ((VirtualScheduler)Sys.Scheduler).Advance(TimeSpan.FromSeconds(seconds));
}

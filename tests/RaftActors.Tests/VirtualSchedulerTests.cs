namespace RaftActors.Tests;

/// <summary>The clock of the tests with virtual time.</summary>
public sealed class VirtualSchedulerTests
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(50);

    private readonly VirtualScheduler _clock = new(Config.Empty, NoLogger.Instance);
    private readonly List<string> _ran = [];

    private IAdvancedScheduler Timers => ((IScheduler)_clock).Advanced;

    [Fact]
    public void Timers_run_by_due_time_and_then_in_the_order_in_which_they_were_set()
    {
        Timers.ScheduleOnce(2 * Tick, () => _ran.Add("third"));
        Timers.ScheduleOnce(Tick, () => _ran.Add("first"));
        Timers.ScheduleOnce(Tick, () => _ran.Add("second"));
        Timers.ScheduleOnce(3 * Tick, () => _ran.Add("fourth"));

        _clock.Advance(2 * Tick);

        Assert.Equal(["first", "second", "third"], _ran);
        Assert.Equal(2 * Tick, _clock.HighResMonotonicClock);
    }

    // Engines do so: without this, an engine that is in a turn while the clock advances never wakes again.
    [Fact]
    public void Timer_that_is_set_for_the_present_while_the_clock_advances_runs_at_the_next_advance()
    {
        Timers.ScheduleOnce(Tick, () => OnOtherThread(() => Timers.ScheduleOnce(TimeSpan.Zero, () => _ran.Add("late"))));

        _clock.Advance(Tick);
        Assert.Empty(_ran);
        _clock.Advance(Tick);

        Assert.Equal(["late"], _ran);
    }

    [Fact]
    public void Repeated_timer_runs_once_for_each_advance_until_it_is_cancelled()
    {
        using var cancelable = new Cancelable(Timers);
        Timers.ScheduleRepeatedly(Tick, Tick, () => _ran.Add("again"), cancelable);

        _clock.Advance(3 * Tick);
        _clock.Advance(Tick);
        cancelable.Cancel();
        _clock.Advance(Tick);

        Assert.Equal(["again", "again"], _ran);
    }

    [Fact]
    public void Timer_that_another_one_cancels_at_the_same_time_does_not_run()
    {
        using var cancelable = new Cancelable(Timers);
        Timers.ScheduleOnce(Tick, cancelable.Cancel);
        Timers.ScheduleOnce(Tick, () => _ran.Add("cancelled"), cancelable);

        _clock.Advance(Tick);

        Assert.Empty(_ran);
    }

    private static void OnOtherThread(ThreadStart action)
    {
        var thread = new Thread(action);
        thread.Start();
        thread.Join();
    }
}

namespace RaftActors.Tests.Engine;

/// <summary>The ticks of an engine, with virtual time. The mailbox of the engine is a probe.</summary>
public sealed class TickTimerTests : TestKit
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Lateness = 5 * Interval;
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(1);

    private readonly TestProbe _mailbox;
    private readonly TickTimer _timer;

    public TickTimerTests()
        : base("akka.scheduler.implementation = \"VirtualTime.VirtualScheduler, RaftActors.Tests\"")
    {
        _mailbox = CreateTestProbe();
        _timer = new TickTimer(_mailbox, new SchedulerClock(Sys.Scheduler), Sys.Scheduler, Interval, Lateness);
    }

    [Fact]
    public void Turn_is_due_after_its_ticks_and_not_before()
    {
        Arm(2);

        Advance((2 * Interval) - Moment);
        _mailbox.ExpectNoMsg(TimeSpan.Zero);
        Advance(Moment);

        _mailbox.ExpectMsg(ToEngine.Tick.OnTime);
        Assert.Equal(2, _timer.TakeDue(out _));
    }

    [Fact]
    public void Tick_is_never_early()
    {
        Arm(1);

        Advance(Interval - Moment);
        Assert.Equal(0, _timer.TakeDue(out _));
        Advance(Moment);
        Assert.Equal(1, _timer.TakeDue(out _));
        Assert.Equal(0, _timer.TakeDue(out _));
    }

    [Fact]
    public void Late_wake_up_counts_all_ticks_that_are_over()
    {
        Arm(1);

        Advance((3 * Interval) + (Interval / 2));
        _mailbox.ExpectMsg(ToEngine.Tick.OnTime);

        Assert.Equal(3, _timer.TakeDue(out _));
    }

    [Fact]
    public void Late_wake_ups_do_not_add_up()
    {
        var ticks = 0L;
        for (var turn = 0; turn < 100; turn++)
        {
            Arm(1);
            Advance(Interval * 1.4); // As by a coarse scheduler.
            _mailbox.ExpectMsg(ToEngine.Tick.OnTime);
            ticks += _timer.TakeDue(out _);
            _timer.Take(ToEngine.Tick.OnTime);
        }

        Assert.Equal(140, ticks);
    }

    [Fact]
    public void Message_first_counts_the_ticks_that_are_over()
    {
        Arm(10);

        Advance(4 * Interval);

        _mailbox.ExpectNoMsg(TimeSpan.Zero);
        Assert.Equal(4, _timer.TakeDue(out _));
    }

    [Fact]
    public void Message_moves_the_turn_without_a_wake_up_at_the_former_time()
    {
        Arm(10);

        Advance(6 * Interval);
        _timer.TakeDue(out _);
        Arm(10);
        Advance(9 * Interval);
        _mailbox.ExpectNoMsg(TimeSpan.Zero);
        Advance(Interval);

        _mailbox.ExpectMsg(ToEngine.Tick.OnTime);
    }

    [Fact]
    public void Turn_that_is_needed_earlier_comes_earlier_and_once()
    {
        Arm(10);
        Arm(1);

        Advance(Interval);
        _mailbox.ExpectMsg(ToEngine.Tick.OnTime);
        Assert.Equal(1, _timer.TakeDue(out _));
        _timer.Take(ToEngine.Tick.OnTime);
        Arm(20);
        Advance(19 * Interval);

        _mailbox.ExpectNoMsg(TimeSpan.Zero);
    }

    /// <summary>Ten thousand engines would otherwise wake the clock one by one.</summary>
    [Fact]
    public void Long_rests_of_two_engines_end_at_one_time()
    {
        var mailbox = CreateTestProbe();
        var other = new TickTimer(mailbox, new SchedulerClock(Sys.Scheduler), Sys.Scheduler, Interval, Lateness);
        Arm(21);
        Advance(Interval / 2);
        other.Arm(21, isShort: true);

        Advance(21 * Interval);
        _mailbox.ExpectNoMsg(TimeSpan.Zero);
        mailbox.ExpectNoMsg(TimeSpan.Zero);
        Advance(Interval / 2);

        _mailbox.ExpectMsg(ToEngine.Tick.OnTime);
        mailbox.ExpectMsg(ToEngine.Tick.OnTime);
        Assert.Equal((22, 21), (_timer.TakeDue(out _), other.TakeDue(out _)));
    }

    [Fact]
    public void Mailbox_has_one_tick_at_most()
    {
        for (var turn = 0; turn < 5; turn++)
        {
            Arm(1);
            Advance(Interval);
        }

        _mailbox.ExpectMsg(ToEngine.Tick.OnTime);
        _mailbox.ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void Resting_timer_brings_no_tick_and_counts_none()
    {
        Arm(1);
        _timer.Rest();

        Advance(10 * Interval);
        _mailbox.ExpectNoMsg(TimeSpan.Zero);
        Assert.Equal(0, _timer.TakeDue(out _));
        Arm(1);

        Assert.Equal(0, _timer.TakeDue(out _));
    }

    [Fact]
    public void Turn_tells_the_ticks_by_which_it_is_late()
    {
        Arm(2);
        Advance(4 * Interval);

        Assert.Equal(4, _timer.TakeDue(out var late));
        Assert.Equal(2, late);
        Assert.Equal(0, _timer.TakeDue(out late));
        Assert.Equal(0, late);
    }

    [Fact]
    public void Pause_counts_one_tick_behind_the_mailbox()
    {
        Arm(1);
        Advance(Interval + Lateness + Moment);
        _mailbox.ExpectMsg(ToEngine.Tick.OnTime);
        _mailbox.Ref.Tell("heartbeat");

        Assert.Equal(0, _timer.TakeDue(out _));
        Assert.Equal(0, _timer.Take(ToEngine.Tick.OnTime));
        Arm(1);
        _mailbox.ExpectMsg("heartbeat");
        Assert.Equal(0, _timer.TakeDue(out _));
        _mailbox.ExpectMsg(ToEngine.Tick.Late);

        Assert.Equal(5, _timer.Take(ToEngine.Tick.Late));
        Assert.Equal(0, _timer.TakeDue(out _));
        Arm(1);
        Advance(Interval);
        Assert.Equal(1, _timer.TakeDue(out _));
    }

    [Fact]
    public void Pause_that_a_message_notices_counts_one_tick_too()
    {
        Arm(3);
        Advance((3 * Interval) + Lateness + Moment);

        Assert.Equal(0, _timer.TakeDue(out _));

        _mailbox.ExpectMsg(ToEngine.Tick.OnTime);
        _mailbox.ExpectMsg(ToEngine.Tick.Late);
        Assert.Equal(5, _timer.Take(ToEngine.Tick.Late));
    }

    [Fact]
    public void Tick_for_a_pause_is_void_if_the_engine_rested_meanwhile()
    {
        Arm(1);
        Advance(Interval + Lateness + Moment);
        Assert.Equal(0, _timer.TakeDue(out _));
        _timer.Rest();
        Arm(1);

        Assert.Equal(0, _timer.Take(ToEngine.Tick.Late));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Engine_never_runs_on_the_thread_of_the_scheduler(bool isShort)
    {
        var engine = ThreadTeller.StartIdle(this);
        var timer = new TickTimer(engine, new SchedulerClock(Sys.Scheduler), Sys.Scheduler, Interval, Lateness);
        timer.Arm(1, isShort);

        Advance(Interval);

        Assert.NotEqual(Environment.CurrentManagedThreadId, ExpectMsg<int>());
    }

    private void Arm(long ticks) => _timer.Arm(ticks, isShort: true);

    private void Advance(TimeSpan by) => ((VirtualScheduler)Sys.Scheduler).Advance(by);
}

using Akka.TestKit;
using Akka.TestKit.Xunit2;

using RaftActors.Engine;

namespace RaftActors.Tests.Engine;

/// <summary>The timer of the ticks, with an idle engine and virtual time.</summary>
public sealed class TickTimerTests : TestKit
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    private readonly TestProbe _mailbox;
    private readonly TickTimer _timer;

    public TickTimerTests()
        : base("akka.scheduler.implementation = \"VirtualTime.VirtualScheduler, RaftActors.Tests\"")
    {
        _mailbox = CreateTestProbe();
        _timer = new TickTimer(_mailbox, Sys.Scheduler, Interval);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Tick_comes_after_the_interval_and_not_before(bool isShort)
    {
        _timer.Arm(isShort);

        Advance(Interval - TimeSpan.FromMilliseconds(1));
        _mailbox.ExpectNoMsg(TimeSpan.Zero);
        Advance(TimeSpan.FromMilliseconds(1));

        _mailbox.ExpectMsg(ToSelf.Tick.OnTime);
    }

    [Fact]
    public void Stopped_timer_brings_no_tick()
    {
        _timer.Arm(isShort: true);
        _timer.Stop();

        Advance(Interval);

        _mailbox.ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void Tick_of_a_suspended_machine_counts_once_behind_the_mailbox()
    {
        _timer.Arm(isShort: true);
        Advance((3 * Interval) + TimeSpan.FromMilliseconds(1));

        _mailbox.ExpectMsg(ToSelf.Tick.OnTime);
        Assert.False(_timer.TryTake(ToSelf.Tick.OnTime));

        _mailbox.ExpectMsg(ToSelf.Tick.Late);
        Assert.True(_timer.TryTake(ToSelf.Tick.Late));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Only_a_short_tick_runs_the_engine_on_the_thread_of_the_scheduler(bool isShort)
    {
        var timer = new TickTimer(ThreadTeller.StartIdle(this), Sys.Scheduler, Interval);
        timer.Arm(isShort);

        Advance(Interval);

        Assert.Equal(isShort, ExpectMsg<int>() == Environment.CurrentManagedThreadId);
    }

    private void Advance(TimeSpan by) => ((TestScheduler)Sys.Scheduler).Advance(by);
}

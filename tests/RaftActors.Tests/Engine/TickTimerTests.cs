using Akka.TestKit;
using Akka.TestKit.Xunit2;

using RaftActors.Engine;

namespace RaftActors.Tests.Engine;

/// <summary>The timer of the ticks, with an engine that is idle or busy as the test says.</summary>
public sealed class TickTimerTests : TestKit
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    private readonly TestProbe _mailbox;
    private readonly TickTimer _timer;
    private int _taken;
    private bool _isIdle = true;

    public TickTimerTests()
        : base("akka.scheduler.implementation = \"VirtualTime.VirtualScheduler, RaftActors.Tests\"")
    {
        _mailbox = CreateTestProbe();
        _timer = new TickTimer(_mailbox, Sys.Scheduler, Interval, _ =>
        {
            _taken += _isIdle ? 1 : 0;
            return _isIdle;
        });
    }

    [Fact]
    public void Idle_engine_takes_the_tick_without_its_mailbox()
    {
        _timer.Arm(maySkipMailbox: true);
        Advance(Interval - TimeSpan.FromMilliseconds(1));
        Assert.Equal(0, _taken);

        Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal(1, _taken);
        _mailbox.ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void Tick_waits_in_the_mailbox_of_a_busy_engine()
    {
        _isIdle = false;
        _timer.Arm(maySkipMailbox: true);

        Advance(Interval);

        _mailbox.ExpectMsg(ToSelf.Tick.OnTime);
    }

    [Fact]
    public void Tick_that_must_not_overtake_the_mailbox_waits_in_it()
    {
        _timer.Arm(maySkipMailbox: false);

        Advance(Interval);

        Assert.Equal(0, _taken);
        _mailbox.ExpectMsg(ToSelf.Tick.OnTime);
    }

    [Fact]
    public void Stopped_timer_brings_no_tick()
    {
        _timer.Arm(maySkipMailbox: false);
        _timer.Stop();

        Advance(Interval);

        _mailbox.ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void Tick_of_a_suspended_machine_counts_once_behind_the_mailbox()
    {
        _timer.Arm(maySkipMailbox: true);
        Advance((3 * Interval) + TimeSpan.FromMilliseconds(1));

        Assert.False(_timer.TryTake(ToSelf.Tick.OnTime));

        _mailbox.ExpectMsg(ToSelf.Tick.Late);
        Assert.True(_timer.TryTake(ToSelf.Tick.Late));
    }

    private void Advance(TimeSpan by) => ((TestScheduler)Sys.Scheduler).Advance(by);
}

using System.Diagnostics;
using Akka.Actor;
using Akka.Event;

namespace Akka.Embedded.Tests.Actor;

public sealed class TimerThreadSchedulerTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly TimerThreadScheduler _scheduler = new(Logging.GetLogger(new EventStream(), "test"));

    public void Dispose() => _scheduler.Dispose();

    [Fact]
    public async Task Action_runs_no_earlier_than_its_delay()
    {
        var ran = new TaskCompletionSource<TimeSpan>(TaskCreationOptions.RunContinuationsAsynchronously);
        var start = Stopwatch.GetTimestamp();

        Schedule(30, () => ran.SetResult(Stopwatch.GetElapsedTime(start)));

        Assert.True(await ran.Task.WaitAsync(Patience) >= TimeSpan.FromMilliseconds(30));
    }

    [Fact]
    public async Task Actions_run_in_the_order_they_are_due_and_then_in_the_order_they_were_scheduled()
    {
        List<int> order = [];
        var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var gate = new ManualResetEventSlim();
        Schedule(0, gate.Wait);

        Schedule(20, () => order.Add(3));
        Schedule(20, end.SetResult);
        Schedule(10, () => order.Add(1));
        Schedule(10, () => order.Add(2));
        gate.Set();

        await end.Task.WaitAsync(Patience);
        Assert.Equal([1, 2, 3], order);
    }

    [Fact]
    public async Task Action_scheduled_behind_a_later_one_does_not_wait_for_it()
    {
        var ran = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Schedule(3_600_000, () => { });

        Schedule(1, ran.SetResult);

        await ran.Task.WaitAsync(Patience);
    }

    [Fact]
    public async Task Repeated_action_runs_until_it_is_cancelled()
    {
        var cancelable = new Cancelable((IScheduler)_scheduler);
        var runs = 0;
        var after = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        _scheduler.ScheduleRepeatedly(TimeSpan.Zero, TimeSpan.FromMilliseconds(1), () =>
        {
            if (++runs == 3)
            {
                cancelable.Cancel();
                Schedule(20, after.SetResult);
            }
        }, cancelable);

        await after.Task.WaitAsync(Patience);
        Assert.Equal(3, runs);
    }

    [Fact]
    public async Task Cancelled_action_does_not_run_however_many_there_are()
    {
        var runs = 0;
        var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var gate = new ManualResetEventSlim();
        Schedule(0, gate.Wait);
        for (var i = 0; i < 5000; i++)
        {
            var cancelable = new Cancelable((IScheduler)_scheduler);
            _scheduler.ScheduleOnce(TimeSpan.FromMilliseconds(1), () => runs++, cancelable);
            cancelable.Cancel();
        }

        Schedule(1, end.SetResult);
        gate.Set();

        await end.Task.WaitAsync(Patience);
        Assert.Equal(0, runs);
    }

    [Fact]
    public async Task Action_that_throws_does_not_stop_the_scheduler()
    {
        var ran = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        Schedule(0, () => throw new InvalidOperationException());
        Schedule(1, ran.SetResult);

        await ran.Task.WaitAsync(Patience);
    }

    [Fact]
    public void Negative_delay_and_empty_interval_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Schedule(-1, () => { }));
        Assert.Throws<ArgumentOutOfRangeException>(() => _scheduler.ScheduleRepeatedly(TimeSpan.Zero, TimeSpan.Zero, () => { }));
    }

    private void Schedule(int delay, Action action) => _scheduler.ScheduleOnce(TimeSpan.FromMilliseconds(delay), action);
}

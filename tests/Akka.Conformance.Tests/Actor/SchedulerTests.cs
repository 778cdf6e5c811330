using Akka.Actor;

namespace Akka.Conformance.Tests.Actor;

public sealed class SchedulerTests : Akka.TestKit.Xunit2.TestKit
{
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1);

    [Fact]
    public async Task Repeated_action_is_not_run_again_when_it_has_failed()
    {
        var runs = 0;
        var ticks = 0;
        var enough = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        var scheduler = Sys.Scheduler.Advanced;
        var failure = EventFilter.Exception<InvalidOperationException>("asked to fail");
        failure.ExpectOne(() => scheduler.ScheduleRepeatedly(Tick, Tick, () =>
        {
            runs++;
            throw new InvalidOperationException("asked to fail");
        }));
        scheduler.ScheduleRepeatedly(Tick, Tick, () =>
        {
            if (++ticks == 5)
            {
                enough.SetResult();
            }
        });

        await enough.Task.WaitAsync(Guard);
        Assert.Equal(1, runs);
    }

    [Fact]
    public async Task Scheduling_fails_when_the_system_has_ended()
    {
        using var system = ActorSystem.Create("ended");
        var scheduler = system.Scheduler;
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        scheduler.Advanced.ScheduleOnce(Tick, started.SetResult);
        await started.Task.WaitAsync(Guard);

        await system.Terminate();

        Assert.Throws<SchedulerException>(() => scheduler.ScheduleTellOnce(Tick, system.DeadLetters, "late", ActorRefs.NoSender));
        Assert.Throws<SchedulerException>(() => scheduler.Advanced.ScheduleOnce(Tick, () => { }));
    }

    [Fact]
    public async Task Outstanding_action_is_run_when_the_system_ends()
    {
        using var system = ActorSystem.Create("ended");
        var ran = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        system.Scheduler.Advanced.ScheduleOnce(TimeSpan.FromHours(1), ran.SetResult);

        await system.Terminate();

        await ran.Task.WaitAsync(Guard);
    }

    [Fact]
    public void Negative_delays_and_empty_intervals_are_refused()
    {
        var scheduler = Sys.Scheduler;
        var (past, none) = (TimeSpan.FromMilliseconds(-1), TimeSpan.Zero);

        Assert.Throws<ArgumentOutOfRangeException>(() => scheduler.Advanced.ScheduleOnce(past, () => { }));
        Assert.Throws<ArgumentOutOfRangeException>(() => scheduler.ScheduleTellOnce(past, TestActor, "x", ActorRefs.NoSender));
        Assert.Throws<ArgumentOutOfRangeException>(() => scheduler.Advanced.ScheduleRepeatedly(past, Tick, () => { }));
        Assert.Throws<ArgumentOutOfRangeException>(() => scheduler.Advanced.ScheduleRepeatedly(Tick, none, () => { }));
        Assert.Throws<ArgumentOutOfRangeException>(
            () => scheduler.ScheduleTellRepeatedly(Tick, none, TestActor, "x", ActorRefs.NoSender));
    }

    [Fact]
    public void Scheduled_message_has_the_given_sender()
    {
        var probe = CreateTestProbe();

        Sys.Scheduler.ScheduleTellOnce(TimeSpan.Zero, TestActor, "x", probe);

        ExpectMsg("x");
        Assert.Equal(probe.Ref, LastSender);
    }

    [Fact]
    public void Delay_of_zero_runs_at_once()
    {
        var scheduler = Sys.Scheduler;

        scheduler.Advanced.ScheduleOnce(TimeSpan.Zero, () => TestActor.Tell(1));
        scheduler.ScheduleTellOnce(TimeSpan.Zero, TestActor, 2, ActorRefs.NoSender);
        scheduler.Advanced.ScheduleRepeatedly(TimeSpan.Zero, Guard, () => TestActor.Tell(3));
        scheduler.ScheduleTellRepeatedly(TimeSpan.Zero, Guard, TestActor, 4, ActorRefs.NoSender);

        ExpectMsgAllOf(1, 2, 3, 4);
    }

    [Fact]
    public void Many_actions_and_messages_of_one_moment_are_all_run()
    {
        for (var i = 0; i < 200; i++)
        {
            var number = i;
            Sys.Scheduler.Advanced.ScheduleOnce(Tick, () => TestActor.Tell(number));
            Sys.Scheduler.ScheduleTellOnce(Tick, TestActor, -number, ActorRefs.NoSender);
        }

        var received = ReceiveN(400, Guard).Cast<int>().Order();

        Assert.Equal(Enumerable.Range(0, 200).SelectMany(number => (int[])[number, -number]).Order(), received);
    }

    [Fact]
    public void Repeated_action_and_message_run_again_and_again()
    {
        Sys.Scheduler.Advanced.ScheduleRepeatedly(Tick, Tick, () => TestActor.Tell("action"));
        Sys.Scheduler.ScheduleTellRepeatedly(Tick, Tick, TestActor, "message", ActorRefs.NoSender);

        foreach (var kind in (string[])["action", "message", "action", "message"])
        {
            FishForMessage<string>(received => received == kind);
        }
    }

    [Fact]
    public void Time_of_the_scheduler_is_the_systems_time()
    {
        var before = DateTimeOffset.UtcNow;
        var now = Sys.Scheduler.Now;

        Assert.InRange(now, before, DateTimeOffset.UtcNow);
    }
}

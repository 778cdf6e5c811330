using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Configs;

namespace Akka.Conformance.Tests.TestKit;

public sealed class TestSchedulerTests() : Akka.TestKit.Xunit2.TestKit(TestConfigs.TestSchedulerConfig)
{
    private TestScheduler Scheduler => (TestScheduler)Sys.Scheduler;

    [Fact]
    public void Repeated_message_is_sent_once_however_far_the_time_moves()
    {
        Sys.Scheduler.ScheduleTellRepeatedly(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2), TestActor, "x", ActorRefs.NoSender);

        Scheduler.Advance(TimeSpan.FromSeconds(6));

        ExpectMsg("x");
        Assert.False(HasMessages);
        Scheduler.Advance(TimeSpan.FromSeconds(2));
        ExpectMsg("x");
    }

    [Fact]
    public void Actions_run_in_the_order_of_time_when_the_clock_has_moved()
    {
        var start = Sys.Scheduler.Now;
        var happened = new List<(string, TimeSpan)>();
        Sys.Scheduler.Advanced.ScheduleOnce(TimeSpan.FromSeconds(3), () => Note("second"));
        Sys.Scheduler.Advanced.ScheduleOnce(TimeSpan.FromSeconds(1), () => Note("first"));

        Scheduler.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal([("first", TimeSpan.FromSeconds(5)), ("second", TimeSpan.FromSeconds(5))], happened);

        void Note(string what) => happened.Add((what, Sys.Scheduler.Now - start));
    }

    [Fact]
    public void Action_scheduled_by_a_due_action_waits_its_whole_delay_after_the_move()
    {
        var happened = new List<string>();
        Sys.Scheduler.Advanced.ScheduleOnce(
            TimeSpan.FromSeconds(1), () => Sys.Scheduler.Advanced.ScheduleOnce(TimeSpan.FromSeconds(1), () => happened.Add("x")));

        Scheduler.Advance(TimeSpan.FromMinutes(1));
        Assert.Empty(happened);
        Scheduler.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(["x"], happened);
    }
}

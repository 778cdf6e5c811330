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

    [Fact]
    public void Message_is_sent_at_its_moment_and_not_before()
    {
        Sys.Scheduler.ScheduleTellOnce(TimeSpan.FromSeconds(1), TestActor, "x", ActorRefs.NoSender);

        Scheduler.Advance(TimeSpan.FromMilliseconds(999));
        Assert.False(HasMessages);
        Scheduler.Advance(TimeSpan.FromMilliseconds(1));

        ExpectMsg("x");
    }

    [Fact]
    public void Messages_of_one_moment_are_sent_in_the_order_in_which_they_were_scheduled()
    {
        for (var i = 0; i < 10; i++)
        {
            Sys.Scheduler.ScheduleTellOnce(TimeSpan.FromSeconds(1), TestActor, i, ActorRefs.NoSender);
        }

        Scheduler.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(Enumerable.Range(0, 10), ReceiveN(10).Cast<int>());
    }

    [Fact]
    public void Repeated_message_begins_after_its_first_delay_and_ends_when_it_is_cancelled()
    {
        var repeated = Sys.Scheduler.ScheduleTellRepeatedlyCancelable(
            TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5), TestActor, "x", ActorRefs.NoSender);
        Scheduler.Advance(TimeSpan.FromSeconds(1));
        ExpectMsg("x");
        for (var i = 0; i < 100; i++)
        {
            Scheduler.Advance(TimeSpan.FromSeconds(5));
            ExpectMsg("x");
        }

        repeated.Cancel();
        Scheduler.Advance(TimeSpan.FromSeconds(5));

        Assert.False(HasMessages);
    }
}

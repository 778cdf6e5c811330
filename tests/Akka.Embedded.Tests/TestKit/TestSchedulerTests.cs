using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Configs;
using Akka.TestKit.Xunit2;

namespace TestKitTests;

public sealed class TestSchedulerTests() : TestKit(TestConfigs.TestSchedulerConfig)
{
    private TestScheduler Scheduler => (TestScheduler)Sys.Scheduler;

    [Fact]
    public void A_message_is_sent_when_time_reaches_it_and_not_a_tick_before()
    {
        Sys.Scheduler.ScheduleTellOnce(TimeSpan.FromDays(1), TestActor, "x", ActorRefs.NoSender);

        Scheduler.Advance(TimeSpan.FromDays(1) - TimeSpan.FromTicks(1));
        Assert.False(HasMessages);
        Scheduler.Advance(TimeSpan.FromTicks(1));

        Assert.True(HasMessages);
    }

    [Fact]
    public void A_repeated_message_is_sent_once_for_each_interval_that_passes()
    {
        Sys.Scheduler.ScheduleTellRepeatedly(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2), TestActor, "x", ActorRefs.NoSender);

        Scheduler.Advance(TimeSpan.FromSeconds(6));

        Assert.Equal(3, ReceiveN(3).Count);
        Assert.False(HasMessages);
    }

    [Fact]
    public void What_is_due_happens_in_the_order_of_time_each_at_its_own()
    {
        var start = Sys.Scheduler.Now;
        var happened = new List<(string, TimeSpan)>();
        Sys.Scheduler.Advanced.ScheduleOnce(TimeSpan.FromSeconds(3), () => Note("third"));
        Sys.Scheduler.Advanced.ScheduleOnce(TimeSpan.FromSeconds(1), () =>
        {
            Note("first");
            Sys.Scheduler.Advanced.ScheduleOnce(TimeSpan.FromSeconds(1), () => Note("second"));
        });

        Scheduler.AdvanceTo(start + TimeSpan.FromSeconds(5));

        Assert.Equal(
            [("first", TimeSpan.FromSeconds(1)), ("second", TimeSpan.FromSeconds(2)), ("third", TimeSpan.FromSeconds(3))], happened);
        Assert.Equal(start + TimeSpan.FromSeconds(5), Sys.Scheduler.Now);

        void Note(string what) => happened.Add((what, Sys.Scheduler.Now - start));
    }

    [Fact]
    public void Advancing_moves_the_time_and_not_the_monotonic_clock()
    {
        var before = Sys.Scheduler.MonotonicClock;

        Scheduler.Advance(TimeSpan.FromDays(1));

        Assert.InRange(Sys.Scheduler.MonotonicClock - before, TimeSpan.Zero, TimeSpan.FromHours(1));
    }

    [Fact]
    public void What_was_cancelled_does_not_happen()
    {
        var cancelable = new Cancelable(Sys.Scheduler);
        Sys.Scheduler.ScheduleTellRepeatedly(
            TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1), TestActor, "x", ActorRefs.NoSender, cancelable);
        Scheduler.Advance(TimeSpan.FromSeconds(1));

        cancelable.Cancel();
        Scheduler.Advance(TimeSpan.FromHours(1));

        ExpectMsg("x");
        Assert.False(HasMessages);
    }

    [Fact]
    public void An_actors_timer_goes_by_the_virtual_time()
    {
        var actor = ActorOfAsTestActorRef<Ticker>(Props.Create(() => new Ticker(TestActor)));

        Scheduler.Advance(TimeSpan.FromMinutes(1));
        ExpectMsgFrom(actor, "tick");
        Assert.Equal(1, actor.UnderlyingActor.Ticks);
    }

    private sealed class Ticker : ReceiveActor, IWithTimers
    {
        private readonly IActorRef _listener;

        public Ticker(IActorRef listener)
        {
            _listener = listener;
            Receive<string>(tick =>
            {
                Ticks++;
                _listener.Tell(tick);
            });
        }

        public int Ticks { get; private set; }

        public ITimerScheduler Timers { get; set; } = null!;

        protected override void PreStart() => Timers.StartSingleTimer("key", "tick", TimeSpan.FromMinutes(1));
    }
}

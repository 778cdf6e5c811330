using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Configs;
using Akka.TestKit.Xunit2;

namespace TestKitTests;

public sealed class TestSchedulerTests() : TestKit(TestConfigs.TestSchedulerConfig)
{
    private TestScheduler Scheduler => (TestScheduler)Sys.Scheduler;

    [Fact]
    public void Message_is_sent_at_its_due_time_and_not_a_tick_earlier()
    {
        Sys.Scheduler.ScheduleTellOnce(TimeSpan.FromDays(1), TestActor, "x", ActorRefs.NoSender);

        Scheduler.Advance(TimeSpan.FromDays(1) - TimeSpan.FromTicks(1));
        Assert.False(HasMessages);
        Scheduler.Advance(TimeSpan.FromTicks(1));

        Assert.True(HasMessages);
    }

    [Fact]
    public void Advancing_moves_the_time_and_not_the_monotonic_clock()
    {
        var before = Sys.Scheduler.MonotonicClock;

        Scheduler.Advance(TimeSpan.FromDays(1));

        Assert.InRange(Sys.Scheduler.MonotonicClock - before, TimeSpan.Zero, TimeSpan.FromHours(1));
    }

    [Fact]
    public void Cancelled_action_does_not_run()
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
    public void Timer_of_an_actor_uses_virtual_time()
    {
        var actor = ActorOfAsTestActorRef<Ticker>(Props.Create(() => new Ticker(TestActor)));

        Scheduler.Advance(TimeSpan.FromMinutes(1));
        ExpectMsg<string>((text, sender) => text == "tick" && sender.Equals(actor));
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

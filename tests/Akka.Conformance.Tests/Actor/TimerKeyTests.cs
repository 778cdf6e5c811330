using Akka.Actor;

namespace Akka.Conformance.Tests.Actor;

public sealed class TimerKeyTests : Akka.TestKit.Xunit2.TestKit
{
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan Long = TimeSpan.FromHours(1);

    [Fact]
    public void Timer_with_the_same_key_replaces_the_earlier_one()
    {
        var actor = Actor(timers =>
        {
            timers.StartSingleTimer("key", "first", Soon);
            timers.StartSingleTimer("key", "second", 10 * Soon);
        });

        actor.Tell("start");

        ExpectMsg("second");
    }

    [Fact]
    public void Timers_are_active_until_they_fire_or_are_cancelled()
    {
        var actor = Actor(timers =>
        {
            timers.StartSingleTimer("one", "1", Long);
            timers.StartPeriodicTimer("two", "2", Long);
            timers.StartPeriodicTimer("three", "3", Long, Long);
            timers.Cancel("one");
            TestActor.Tell($"{timers.IsTimerActive("one")} {timers.IsTimerActive("two")} {timers.IsTimerActive("three")}");
            timers.CancelAll();
            TestActor.Tell($"{timers.IsTimerActive("two")} {timers.IsTimerActive("three")}");
        });

        actor.Tell("start");

        ExpectMsg("False True True");
        ExpectMsg("False False");
    }

    [Fact]
    public void Single_timer_is_not_active_when_its_message_arrives()
    {
        var actor = Actor(timers => timers.StartSingleTimer("key", "tick", Soon));

        actor.Tell("start");

        ExpectMsg("tick");
        actor.Tell("active");
        ExpectMsg("active: False");
    }

    [Fact]
    public void Timer_may_send_a_PoisonPill()
    {
        var actor = Watch(Actor(timers => timers.StartSingleTimer("key", PoisonPill.Instance, Soon)));

        actor.Tell("start");

        ExpectTerminated(actor);
    }

    [Fact]
    public void Timer_message_can_be_stashed()
    {
        var actor = Sys.ActorOf(Props.Create(() => new StashesTick(TestActor)));

        actor.Tell("start");
        ExpectMsg("stashed");
        actor.Tell("unstash");

        ExpectMsg("tick");
    }

    private IActorRef Actor(Action<ITimerScheduler> start)
    {
        var observer = TestActor;
        return Sys.ActorOf(Props.Create(() => new Timing(observer, start)));
    }

    private sealed class Timing(IActorRef observer, Action<ITimerScheduler> start) : UntypedActor, IWithTimers
    {
        public ITimerScheduler Timers { get; set; } = null!; // Justification: set before the constructor.

        protected override void OnReceive(object message)
        {
            switch (message)
            {
                case "start":
                    start(Timers);
                    break;
                case "active":
                    observer.Tell($"active: {Timers.IsTimerActive("key")}");
                    break;
                default:
                    observer.Tell(message);
                    break;
            }
        }
    }

    private sealed class StashesTick : ReceiveActor, IWithTimers, IWithUnboundedStash
    {
        public StashesTick(IActorRef observer)
        {
            Receive<string>(text => text == "start", _ => Timers.StartSingleTimer("key", "tick", Soon));
            Receive<string>(text => text == "tick", _ =>
            {
                Stash.Stash();
                observer.Tell("stashed");
            });
            Receive<string>(text => text == "unstash", _ =>
            {
                Become(() => ReceiveAny(observer.Tell));
                Stash.UnstashAll();
            });
        }

        public ITimerScheduler Timers { get; set; } = null!; // Justification: set before the constructor.

        public IStash Stash { get; set; } = null!; // Justification: set before the first message.
    }
}

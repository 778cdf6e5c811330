using Akka.Actor;
using Akka.Event;
using Akka.TestKit;
using Akka.TestKit.Configs;

namespace Akka.Conformance.Tests.Actor;

/// <summary>Timers and receive timeouts on the clock of a test, which shows that something does not happen.</summary>
public sealed class VirtualTimeTests() : Akka.TestKit.Xunit2.TestKit(TestConfigs.TestSchedulerConfig)
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private TestScheduler Scheduler => (TestScheduler)Sys.Scheduler;

    [Fact]
    public void Receive_timeout_begins_anew_with_each_message_that_influences_it()
    {
        var actor = Timing();
        ExpectMsg("begin");
        Scheduler.Advance(0.9 * Second);
        Handle(actor, "message");

        Scheduler.Advance(0.9 * Second);
        Handle(actor, new Transparent());
        Scheduler.Advance(0.2 * Second);

        ExpectMsg<ReceiveTimeout>();
    }

    [Theory]
    [InlineData("off")]
    [InlineData("never on")]
    public void Receive_timeout_that_is_off_is_not_sent(string message)
    {
        var actor = message == "off" ? Timing() : Sys.ActorOf(Scripted.Props((_, received) => TestActor.Tell(received)));
        if (message == "off")
        {
            ExpectMsg("begin");
        }

        Handle(actor, message);
        Scheduler.Advance(100 * Second);

        Handle(actor, "last");
    }

    [Fact]
    public void Receive_timeout_of_an_ended_actor_is_not_sent()
    {
        var actor = Watch(Timing());
        ExpectMsg("begin");
        Sys.Stop(actor);
        ExpectTerminated(actor);
        Sys.EventStream.Subscribe(TestActor, typeof(AllDeadLetters));

        Scheduler.Advance(100 * Second);
        Sys.DeadLetters.Tell("last");

        ExpectMsg<AllDeadLetters>(letter => Assert.Equal("last", letter.Message));
    }

    [Fact]
    public void Receive_timeout_reaches_an_asynchronous_actor()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Asynchronous(TestActor)));
        Handle(actor, "begin");

        Scheduler.Advance(Second);

        ExpectMsg<ReceiveTimeout>();
    }

    [Theory]
    [InlineData("cancel")]
    [InlineData("fail")]
    [InlineData("stop")]
    public void Timer_sends_nothing_when_it_is_cancelled_or_its_incarnation_has_ended(string reason)
    {
        var actor = Watch(Sys.ActorOf(Props.Create(() => new Ticking(TestActor))));
        actor.Tell("start");
        ExpectMsg("start");
        Scheduler.Advance(Second);
        ExpectMsg("tick");
        Sys.EventStream.Subscribe(TestActor, typeof(AllDeadLetters));

        actor.Tell(reason);
        if (reason == "stop")
        {
            ExpectTerminated(actor);
        }
        else
        {
            Handle(actor, "next");
        }

        Scheduler.Advance(Second);
        Scheduler.Advance(Second);
        Sys.DeadLetters.Tell("last");

        ExpectMsg<AllDeadLetters>(letter => Assert.Equal("last", letter.Message));
    }

    [Fact]
    public void Tick_in_the_mailbox_is_discarded_when_its_incarnation_has_ended()
    {
        using var release = new ManualResetEventSlim();
        var actor = Sys.ActorOf(Props.Create(() => new Ticking(TestActor, release)));
        actor.Tell("start");
        ExpectMsg("start");
        actor.Tell("wait");
        ExpectMsg("wait");
        Scheduler.Advance(Second);

        release.Set();
        actor.Tell("next");

        ExpectMsg("next");
    }

    private IActorRef Timing()
    {
        var actor = Sys.ActorOf(Scripted.Props((context, message) =>
        {
            if (message is "begin" or "off")
            {
                context.SetReceiveTimeout(message is "off" ? null : Second);
            }

            TestActor.Tell(message);
        }));
        actor.Tell("begin");
        return actor;
    }

    /// <summary>Sends a message, and waits until the actor has handled it and its receive timeout begins.</summary>
    private void Handle(IActorRef actor, object message)
    {
        actor.Tell(message);
        ExpectMsg(message);
        actor.Tell(new IdentifyQuietly(), TestActor);
        ExpectMsg<IdentifyQuietly>();
    }

    private class Transparent : INotInfluenceReceiveTimeout;

    private sealed class IdentifyQuietly : Transparent;

    private sealed class Asynchronous : ReceiveActor
    {
        public Asynchronous(IActorRef observer)
        {
            Context.SetReceiveTimeout(Second);
            ReceiveAsync<object>(async message =>
            {
                await Task.Yield();
                observer.Tell(message);
            });
        }
    }

    private sealed class Ticking(IActorRef observer, ManualResetEventSlim? release = null) : UntypedActor, IWithTimers
    {
        public ITimerScheduler Timers { get; set; } = null!; // Justification: set by ActorBase.

        protected override void OnReceive(object message)
        {
            switch (message)
            {
                case "start":
                    Timers.StartPeriodicTimer("key", "tick", Second);
                    break;
                case "cancel":
                    Timers.Cancel("key");
                    return;
                case "stop":
                    Context.Stop(Self);
                    return;
                case "fail":
                    throw new InvalidOperationException("as told");
                case "wait":
                    observer.Tell(message);
                    release!.Wait(); // Justification: the test that waits has one.
                    throw new InvalidOperationException("as told");
            }

            observer.Tell(message);
        }
    }
}

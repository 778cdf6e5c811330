using Akka.Actor;

namespace Akka.Conformance.Tests.Actor;

public sealed class LifecycleTests : Akka.TestKit.Xunit2.TestKit
{
    [Fact]
    public void Restart_calls_the_hooks_of_the_old_and_then_of_the_new_instance()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Reporter(TestActor, callBase: true)));
        ExpectMsg("PreStart");

        actor.Tell("fail");
        ExpectMsg("PreRestart: fail");
        ExpectMsg("PostStop");
        ExpectMsg("PostRestart: fail");
        ExpectMsg("PreStart");
        Sys.Stop(actor);

        ExpectMsg("PostStop");
        TestActor.Tell("last");
        ExpectMsg("last");
    }

    [Fact]
    public void Restart_starts_and_stops_nothing_when_the_hooks_do_not_call_their_base()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Reporter(TestActor, callBase: false)));
        ExpectMsg("PreStart");

        actor.Tell("fail");
        ExpectMsg("PreRestart: fail");
        ExpectMsg("PostRestart: fail");
        Sys.Stop(actor);

        ExpectMsg("PostStop");
    }

    [Fact]
    public void PreRestart_has_the_sender_of_the_failed_message()
    {
        var actor = Sys.ActorOf(Props.Create(() => new RepliesInPreRestart()));

        actor.Tell("fail", TestActor);

        ExpectMsg("fail");
    }

    [Fact]
    public void Failure_in_PostStop_is_logged_and_the_actor_ends()
    {
        var actor = Sys.ActorOf(Props.Create(() => new FailsInPostStop()));
        Watch(actor);

        EventFilter.Exception<InvalidOperationException>("asked to fail").ExpectOne(() => Sys.Stop(actor));

        ExpectTerminated(actor);
    }

    [Fact]
    public void Failure_in_PreRestart_is_logged_as_a_PreRestartException_and_the_restart_continues()
    {
        var actor = Sys.ActorOf(Props.Create(() => new FailsInPreRestart(TestActor)));

        EventFilter.Exception<PreRestartException>("in PreRestart").ExpectOne(() => actor.Tell("fail"));

        ExpectMsg("PostRestart");
    }

    [Fact]
    public void Actor_that_fails_in_PostRestart_is_stopped_by_default()
    {
        var actor = Watch(Sys.ActorOf(Props.Create(() => new FailsInPostRestart())));

        actor.Tell("fail");

        ExpectTerminated(actor);
    }

    [Fact]
    public void Restart_returns_to_the_first_behaviour()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Changing()));
        actor.Tell("change", TestActor);
        actor.Tell("which", TestActor);
        ExpectMsg("second");

        actor.Tell("fail", TestActor);
        actor.Tell("which", TestActor);

        ExpectMsg("first");
    }

    [Fact]
    public void Child_is_gone_when_its_Terminated_arrives()
    {
        var parent = Sys.ActorOf(Scripted.Props((context, message) =>
        {
            switch (message)
            {
                case "begin":
                    context.Stop(context.Watch(context.ActorOf(Silent.Props, "child")));
                    break;
                case Terminated:
                    TestActor.Tell(context.GetChildren().Count());
                    context.ActorOf(Silent.Props, "child");
                    TestActor.Tell(context.Child("child").Path.Name);
                    break;
            }
        }));

        parent.Tell("begin");

        ExpectMsg(0);
        ExpectMsg("child");
    }

    [Fact]
    public void Sender_and_message_are_cleared_when_an_actor_is_idle()
    {
        var seen = new List<IActorRef>();
        var actor = Sys.ActorOf(Scripted.Props((context, message) => seen.Add(context.Sender)));

        actor.Tell(1, TestActor);
        actor.Tell(2, ActorRefs.NoSender);
        Watch(actor);
        actor.Tell(PoisonPill.Instance);
        ExpectTerminated(actor);

        Assert.Equal([TestActor, Sys.DeadLetters], seen);
    }

    private class Reporter(IActorRef observer, bool callBase) : UntypedActor
    {
        protected override void OnReceive(object message) => throw new InvalidOperationException("as told");

        protected override void PreStart() => observer.Tell("PreStart");

        protected override void PostStop() => observer.Tell("PostStop");

        protected override void PreRestart(Exception reason, object? message)
        {
            observer.Tell($"PreRestart: {message}");
            if (callBase)
            {
                base.PreRestart(reason, message);
            }
        }

        protected override void PostRestart(Exception reason)
        {
            observer.Tell("PostRestart: fail");
            if (callBase)
            {
                base.PostRestart(reason);
            }
        }
    }

    private sealed class RepliesInPreRestart : UntypedActor
    {
        protected override void OnReceive(object message) => throw new InvalidOperationException("as told");

        protected override void PreRestart(Exception reason, object? message) => Sender.Tell(message!);
    }

    private sealed class FailsInPostStop : UntypedActor
    {
        protected override void OnReceive(object message)
        {
        }

        protected override void PostStop() => throw new InvalidOperationException("asked to fail");
    }

    private sealed class FailsInPreRestart(IActorRef observer) : UntypedActor
    {
        protected override void OnReceive(object message) => throw new InvalidOperationException("as told");

        protected override void PreRestart(Exception reason, object? message) => throw new NotSupportedException("in PreRestart");

        protected override void PostRestart(Exception reason) => observer.Tell("PostRestart");
    }

    private sealed class FailsInPostRestart : UntypedActor
    {
        protected override void OnReceive(object message) => throw new InvalidOperationException("as told");

        protected override void PostRestart(Exception reason) => throw new InvalidOperationException("again");
    }

    private sealed class Changing : ReceiveActor
    {
        public Changing()
        {
            Receive<string>(text => text == "change", _ => BecomeStacked(Second));
            Receive<string>(text => text == "which", _ => Sender.Tell("first"));
        }

        private void Second()
        {
            Receive<string>(text => text == "which", _ => Sender.Tell("second"));
            Receive<string>(text => text == "fail", _ => throw new InvalidOperationException("as told"));
        }
    }
}

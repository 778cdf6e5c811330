using Akka.Actor;

namespace Akka.Conformance.Tests.Actor;

public sealed class SupervisionTests : Akka.TestKit.Xunit2.TestKit
{
    [Fact]
    public void Children_of_a_failed_actor_handle_no_message_until_it_is_resumed()
    {
        var decided = new ManualResetEventSlim();
        var asked = new ManualResetEventSlim();
        var supervisor = Supervisor(new OneForOneStrategy(_ =>
        {
            asked.Set();
            decided.Wait();
            TestActor.Tell("resumed");
            return Directive.Resume;
        }));
        var middle = Child(supervisor, Failing);
        var child = Child(middle, Scripted.Props((_, message) => TestActor.Tell(message)));

        middle.Tell(new InvalidOperationException("as told"));
        asked.Wait();
        child.Tell("while the parent waits");
        Sys.ActorOf(Silent.Props).Tell(new Identify("meanwhile"), TestActor);
        ExpectMsg<ActorIdentity>();
        decided.Set();

        ExpectMsg("resumed");
        ExpectMsg("while the parent waits");
    }

    [Theory]
    [InlineData(Directive.Restart)]
    [InlineData(Directive.Resume)]
    public void Actor_that_failed_to_start_is_made_again_when_it_is_restarted_or_resumed(Directive directive)
    {
        var attempts = 0;
        Func<int> count = () => ++attempts;
        var supervisor = Supervisor(new OneForOneStrategy(_ => directive));

        supervisor.Tell(Props.Create(() => new FailsTwice(count, TestActor)));
        ExpectMsg<IActorRef>();

        ExpectMsg("started at attempt 3");
    }

    [Fact]
    public void Failure_of_a_start_reaches_the_strategy_as_an_ActorInitializationException()
    {
        var supervisor = Supervisor(new OneForOneStrategy(failure =>
        {
            TestActor.Tell(failure);
            return Directive.Stop;
        }));

        supervisor.Tell(Props.Create(() => new FailsTwice(() => 1, TestActor)));

        FishForMessage<ActorInitializationException>(failure => failure.InnerException is not null);
    }

    [Fact]
    public void Escalated_failure_restarts_the_parent_and_its_restart_stops_the_children()
    {
        var top = Sys.ActorOf(Failing);
        var middle = Child(top, ParentProps(new OneForOneStrategy(_ => Directive.Escalate)));
        var child = Child(middle, Failing);
        Watch(child);
        Watch(middle);

        child.Tell(new InvalidOperationException("as told"));

        ExpectTerminated(child);
        middle.Tell(Silent.Props);
        ExpectMsg<IActorRef>();
    }

    [Fact]
    public void Restarts_without_a_window_are_counted_for_ever()
    {
        var supervisor = Supervisor(new OneForOneStrategy(2, -1, _ => Directive.Restart));
        var child = Watch(Child(supervisor, Failing));

        for (var failure = 1; failure <= 2; failure++)
        {
            child.Tell(new InvalidOperationException("as told"));
            child.Tell(new Identify(failure), TestActor);
            ExpectMsg<ActorIdentity>(identity => Assert.Equal(child, identity.Subject));
        }

        child.Tell(new InvalidOperationException("as told"));
        ExpectTerminated(child);
    }

    [Fact]
    public void Limit_of_zero_restarts_stops_at_the_first_failure()
    {
        var supervisor = Supervisor(new OneForOneStrategy(0, -1, _ => Directive.Restart));
        var child = Watch(Child(supervisor, Failing));

        child.Tell(new InvalidOperationException("as told"));

        ExpectTerminated(child);
    }

    [Fact]
    public void Killed_actor_fails_with_an_ActorKilledException_and_can_be_restarted()
    {
        var supervisor = Supervisor(new OneForOneStrategy(failure =>
        {
            TestActor.Tell(failure.GetType());
            return Directive.Restart;
        }));
        var child = Child(supervisor, Silent.Props);

        child.Tell(Kill.Instance);

        ExpectMsg(typeof(ActorKilledException));
        child.Tell(new Identify(1), TestActor);
        ExpectMsg<ActorIdentity>(identity => Assert.Equal(child, identity.Subject));
    }

    [Fact]
    public void Resumed_failure_is_logged_as_a_warning_and_others_as_errors()
    {
        var resuming = Supervisor(new OneForOneStrategy(_ => Directive.Resume));
        var restarting = Supervisor(new OneForOneStrategy(_ => Directive.Restart));
        var first = Child(resuming, Failing);
        var second = Child(restarting, Failing);

        EventFilter.Warning("as told").ExpectOne(() => first.Tell(new InvalidOperationException("as told")));
        EventFilter.Error("as told").ExpectOne(() => second.Tell(new InvalidOperationException("as told")));
    }

    [Fact]
    public void Strategy_of_all_for_one_restarts_the_siblings_of_the_failed_actor()
    {
        var supervisor = Supervisor(new AllForOneStrategy(_ => Directive.Restart));
        var failing = Child(supervisor, Failing);
        Child(supervisor, Props.Create(() => new Restarting(TestActor)));

        failing.Tell(new InvalidOperationException("as told"));

        ExpectMsg("restarted");
    }

    /// <summary>No window counts for ever. A window without a number allows one restart in that time.</summary>
    [Theory]
    [InlineData(null, null, 9)]
    [InlineData(3, null, 3)]
    [InlineData(3, 1, 3)]
    [InlineData(null, 1, 1)]
    public void Restarts_are_limited_by_their_number_and_their_window(int? limit, int? hours, int allowed)
    {
        TimeSpan? window = hours is { } count ? TimeSpan.FromHours(count) : null;
        foreach (var strategy in (SupervisorStrategy[])
                 [
                     new OneForOneStrategy(limit, window, _ => Directive.Restart),
                     new OneForOneStrategy(limit, window, SupervisorStrategy.DefaultDecider),
                     new AllForOneStrategy(limit, window, _ => Directive.Restart),
                     new AllForOneStrategy(limit, window, SupervisorStrategy.DefaultDecider),
                 ])
        {
            var child = Watch(Child(Supervisor(strategy), Failing));
            for (var failure = 1; failure <= allowed; failure++)
            {
                child.Tell(new InvalidOperationException("as told"));
                child.Tell(Silent.Props);
                ExpectMsg<IActorRef>();
            }

            if (limit is not null || hours is not null)
            {
                child.Tell(new InvalidOperationException("as told"));
                ExpectTerminated(child);
            }
        }
    }

    private Props Failing => ParentProps(SupervisorStrategy.DefaultStrategy);

    private Props ParentProps(SupervisorStrategy strategy)
    {
        var observer = TestActor;
        return Props.Create(() => new Parent(observer, strategy));
    }

    private IActorRef Supervisor(SupervisorStrategy strategy) => Sys.ActorOf(ParentProps(strategy));

    private IActorRef Child(IActorRef parent, Props props)
    {
        parent.Tell(props);
        return ExpectMsg<IActorRef>();
    }

    /// <summary>Makes children from their props and reports them. Fails with the exceptions that it receives.</summary>
    private sealed class Parent(IActorRef observer, SupervisorStrategy strategy) : UntypedActor
    {
        protected override SupervisorStrategy SupervisorStrategy() => strategy;

        protected override void OnReceive(object message)
        {
            switch (message)
            {
                case Props props:
                    observer.Tell(Context.ActorOf(props));
                    break;
                case Exception failure:
                    throw failure;
            }
        }
    }

    private sealed class Restarting(IActorRef observer) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
        }

        protected override void PostRestart(Exception reason) => observer.Tell("restarted");
    }

    private sealed class FailsTwice : UntypedActor
    {
        public FailsTwice(Func<int> count, IActorRef observer)
        {
            var attempt = count();
            if (attempt < 3)
            {
                throw new InvalidOperationException($"attempt {attempt}");
            }

            observer.Tell($"started at attempt {attempt}");
        }

        protected override void OnReceive(object message)
        {
        }
    }
}

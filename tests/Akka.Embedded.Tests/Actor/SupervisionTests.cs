using Akka.Actor;

namespace Akka.Embedded.Tests.Actor;

public sealed class SupervisionTests : ActorTest
{
    [Fact]
    public async Task Restart_keeps_the_mailbox_and_the_reference_but_not_the_state()
    {
        var log = NewCollector();
        var child = await NewChild(log, new OneForOneStrategy(_ => Directive.Restart));

        foreach (var message in new object[] { "count", "count", "fail", "count" })
        {
            child.Tell(message);
        }

        await log.Expects("start", "1", "2", "PreRestart fail: boom", "stop", "PostRestart boom", "start", "1");
    }

    [Fact]
    public async Task Resume_keeps_the_state_and_skips_the_message()
    {
        var log = NewCollector();
        var child = await NewChild(log, new OneForOneStrategy(_ => Directive.Resume));

        foreach (var message in new object[] { "count", "fail", "count" })
        {
            child.Tell(message);
        }

        await log.Expects("start", "1", "2");
    }

    [Fact]
    public async Task Stop_ends_the_failed_actor()
    {
        var log = NewCollector();
        var child = await NewChild(log, new OneForOneStrategy(_ => Directive.Stop));
        await log.Expects("start");
        log.Ref.Tell(new Watched(child));
        await log.Next<Watched>();

        child.Tell("fail");

        await log.Expects("stop");
        Assert.Equal(child, (await log.Next<Terminated>()).ActorRef);
    }

    [Fact]
    public async Task Escalate_makes_the_parent_fail_and_its_restart_stops_the_child()
    {
        var log = NewCollector();
        var top = System.ActorOf(Props.Create(() => new Parent(new OneForOneStrategy(_ => Directive.Restart), log.Ref)));
        IActorRef middle = await top.Ask<IActorRef>(
            Props.Create(() => new Parent(new OneForOneStrategy(_ => Directive.Escalate), log.Ref)), Patience);
        var child = await middle.Ask<IActorRef>(Props.Create(() => new Child(log.Ref)), Patience);

        child.Tell("fail");

        await log.Expects("start", "stop", "parent restarts: boom");
    }

    [Fact]
    public async Task AllForOne_restarts_the_siblings_too()
    {
        var log = NewCollector();
        var parent = System.ActorOf(Props.Create(() => new Parent(new AllForOneStrategy(_ => Directive.Restart), log.Ref)));
        var second = NewCollector();
        var first = await parent.Ask<IActorRef>(Props.Create(() => new Child(log.Ref)), Patience);
        var sibling = await parent.Ask<IActorRef>(Props.Create(() => new Child(second.Ref)), Patience);
        sibling.Tell("count");
        await second.Expects("start", "1");

        first.Tell("fail");
        await log.Expects("start", "PreRestart fail: boom", "stop", "PostRestart boom", "start");
        await second.Expects("PreRestart : boom", "stop", "PostRestart boom", "start");

        sibling.Tell("count");
        first.Tell("count");
        await second.Expects("1");
        await log.Expects("1");
    }

    [Fact]
    public async Task Restarts_beyond_the_limit_within_the_window_stop_the_actor()
    {
        var log = NewCollector();
        var child = await NewChild(log, new OneForOneStrategy(2, 1000, _ => Directive.Restart));

        for (var i = 0; i < 3; i++)
        {
            child.Tell("fail");
        }

        string[] restart = ["PreRestart fail: boom", "stop", "PostRestart boom", "start"];
        await log.Expects(["start", .. restart, .. restart, "stop"]);
    }

    [Fact]
    public async Task Restarts_spread_over_more_than_the_window_go_on()
    {
        var log = NewCollector();
        var child = await NewChild(log, new OneForOneStrategy(1, 1000, _ => Directive.Restart));
        await log.Expects("start");

        for (var i = 0; i < 3; i++)
        {
            child.Tell("fail");
            await log.Expects("PreRestart fail: boom", "stop", "PostRestart boom", "start");
            Advance(1001);
        }
    }

    [Fact]
    public async Task Actor_whose_constructor_throws_is_stopped_by_default()
    {
        var watcher = NewCollector();
        var actor = System.ActorOf(Props.Create(() => new Stillborn()));

        watcher.Ref.Tell(new Watched(actor));

        await watcher.Next<Watched>();
        Assert.Equal(actor, (await watcher.Next<Terminated>()).ActorRef);
    }

    [Fact]
    public async Task Kill_stops_the_actor_by_default()
    {
        var watcher = NewCollector();
        var actor = NewActor((_, _) => { });
        watcher.Ref.Tell(new Watched(actor));
        await watcher.Next<Watched>();

        actor.Tell(Kill.Instance);

        await watcher.Next<Terminated>();
    }

    [Fact]
    public async Task Failure_is_logged_as_an_error_with_its_cause_and_the_actors_path()
    {
        var errors = NewCollector();
        System.EventStream.Subscribe(errors.Ref, typeof(Akka.Event.Error));
        var actor = System.ActorOf(Props.Create(() => new Child(errors.Ref)), "failing");

        actor.Tell("fail");

        await errors.Expects("start");
        var error = await errors.Next<Akka.Event.Error>();
        Assert.Equal(("akka://test/user/failing", "boom"), (error.LogSource, error.Cause!.Message));
    }

    [Fact]
    public async Task Restart_waits_for_the_children_that_it_stops()
    {
        var log = NewCollector();
        var parent = System.ActorOf(Props.Create(() => new Parent(new OneForOneStrategy(_ => Directive.Stop), log.Ref)));
        using var gate = new ManualResetEventSlim();
        var child = await parent.Ask<IActorRef>(Props.Create(() => new SlowToStop(log.Ref, gate)), Patience);

        parent.Tell("fail");
        parent.Tell("after");
        gate.Set();

        await log.Expects("child stopped", "parent restarts: fail", "after");
        Assert.True(child.Path.Parent == parent.Path);
    }

    [Fact]
    public async Task Strategy_of_the_props_replaces_the_actors_own()
    {
        var log = NewCollector();
        IActorRef parent = System.ActorOf(Props.Create(() => new Parent(new OneForOneStrategy(_ => Directive.Stop), log.Ref))
            .WithSupervisorStrategy(new OneForOneStrategy(_ => Directive.Resume)));
        var child = await parent.Ask<IActorRef>(Props.Create(() => new Child(log.Ref)), Patience);

        child.Tell("fail");
        child.Tell("count");

        await log.Expects("start", "1");
    }

    private async Task<IActorRef> NewChild(Collector log, SupervisorStrategy strategy)
    {
        var parent = System.ActorOf(Props.Create(() => new Parent(strategy, log.Ref)));
        return await parent.Ask<IActorRef>(Props.Create(() => new Child(log.Ref)), Patience);
    }

    private sealed class Parent : ReceiveActor
    {
        private readonly SupervisorStrategy _strategy;
        private readonly IActorRef _log;

        public Parent(SupervisorStrategy strategy, IActorRef log)
        {
            _strategy = strategy;
            _log = log;
            Receive<Props>(props => Sender.Tell(Context.ActorOf(props)));
            Receive<string>(text => throw new InvalidOperationException(text), text => text == "fail");
            ReceiveAny(log.Tell);
        }

        protected override SupervisorStrategy SupervisorStrategy() => _strategy;

        protected override void PostRestart(Exception reason) => _log.Tell($"parent restarts: {reason.Message}");
    }

    private sealed class Child : ReceiveActor
    {
        private readonly IActorRef _log;
        private int _count;

        public Child(IActorRef log)
        {
            _log = log;
            Receive<string>(_ => log.Tell($"{++_count}"), text => text == "count");
            Receive<string>(_ => throw new InvalidOperationException("boom"), text => text == "fail");
        }

        protected override void PreStart() => _log.Tell("start");

        protected override void PostStop() => _log.Tell("stop");

        protected override void PreRestart(Exception reason, object? message)
        {
            _log.Tell($"PreRestart {message}: {reason.Message}");
            base.PreRestart(reason, message);
        }

        protected override void PostRestart(Exception reason)
        {
            _log.Tell($"PostRestart {reason.Message}");
            base.PostRestart(reason);
        }
    }

    private sealed class Stillborn : ReceiveActor
    {
        public Stillborn() => throw new InvalidOperationException("stillborn");
    }

    private sealed class SlowToStop(IActorRef log, ManualResetEventSlim gate) : UntypedActor
    {
        protected override void OnReceive(object message) => Unhandled(message);

        protected override void PostStop()
        {
            gate.Wait();
            log.Tell("child stopped");
        }
    }
}

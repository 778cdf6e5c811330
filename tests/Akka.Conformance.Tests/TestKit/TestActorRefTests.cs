using Akka.Actor;
using Akka.TestKit;

namespace Akka.Conformance.Tests.TestKit;

public sealed class TestActorRefTests() : Akka.TestKit.Xunit2.TestKit("own { type = Dispatcher, throughput = 1 }")
{
    [Fact]
    public async Task Ask_of_a_test_actor_has_its_answer_at_once()
    {
        var actor = Made((context, _) => context.Sender.Tell("answer"));

        var answer = actor.Ask<string>("question");

        Assert.True(answer.IsCompleted);
        Assert.Equal("answer", await answer);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Test_actor_makes_actors_and_test_actors(bool isTestActor)
    {
        var actor = Made((context, _) => context.Sender.Tell(isTestActor
            ? new TestActorRef<Silent>(context.System, Silent.Props).Ref
            : context.ActorOf(Silent.Props)));

        actor.Tell("make");

        Assert.NotEqual(actor.Ref, ExpectMsg<IActorRef>());
    }

    [Fact]
    public void Test_actor_ends_with_a_PoisonPill()
    {
        var actor = Made((_, _) => { });
        Watch(actor);

        actor.Tell(PoisonPill.Instance);

        ExpectTerminated(actor);
    }

    [Fact]
    public void Test_actor_that_is_killed_is_restarted_by_its_supervisor()
    {
        var boss = new TestActorRef<Boss>(Sys, Props.Create(() => new Boss(TestActor)));

        boss.Tell("kill");

        ExpectMsg("restarted");
    }

    [Fact]
    public void Test_actor_has_no_receive_timeout()
    {
        var actor = Made((context, _) => context.Sender.Tell(context.ReceiveTimeout is null));

        actor.Tell("which");

        ExpectMsg(true);
    }

    [Fact]
    public void Dispatcher_of_the_props_replaces_the_one_of_the_calling_thread()
    {
        var actor = new TestActorRef<Scripted>(
            Sys,
            Scripted.Props((context, _) => context.Sender.Tell(Environment.CurrentManagedThreadId)).WithDispatcher("own"));

        actor.Tell("where");

        Assert.NotEqual(Environment.CurrentManagedThreadId, ExpectMsg<int>());
    }

    private TestActorRef<Scripted> Made(Action<IActorContext, object> receive) => new(Sys, Scripted.Props(receive));

    private sealed class Boss : UntypedActor
    {
        private readonly TestActorRef<Child> _child;

        public Boss(IActorRef observer) =>
            _child = new TestActorRef<Child>(Context.System, Props.Create(() => new Child(observer)), Self, "child");

        protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Restart);

        protected override void OnReceive(object message) => _child.Tell(Kill.Instance);
    }

    private sealed class Child(IActorRef observer) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
        }

        protected override void PostRestart(Exception reason) => observer.Tell("restarted");
    }
}

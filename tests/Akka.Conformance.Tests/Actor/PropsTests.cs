using Akka.Actor;

namespace Akka.Conformance.Tests.Actor;

public sealed class PropsTests : Akka.TestKit.Xunit2.TestKit
{
    [Fact]
    public void Producer_makes_each_instance_and_releases_it_at_a_restart_and_at_a_stop()
    {
        var actor = Sys.ActorOf(Props.CreateBy(new CountingProducer(TestActor)));
        ExpectMsg("produced 1");

        actor.Tell("fail");
        ExpectMsg("released 1");
        ExpectMsg("produced 2");
        Sys.Stop(actor);

        ExpectMsg("stopped 2");
        ExpectMsg("released 2");
    }

    [Fact]
    public void Actor_that_its_producer_cannot_make_is_stopped_and_nothing_is_released()
    {
        var actor = Watch(Sys.ActorOf(Props.CreateBy(new FailingProducer(TestActor))));

        ExpectTerminated(actor);
        ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void Props_show_the_type_and_the_arguments_of_a_producer()
    {
        var props = Props.CreateBy(new CountingProducer(TestActor), "argument");

        Assert.Equal((typeof(Fragile), "argument"), (props.Type, Assert.Single(props.Arguments)));
    }

    private sealed class CountingProducer(IActorRef observer) : IIndirectActorProducer
    {
        private int _count;

        public Type ActorType => typeof(Fragile);

        public ActorBase Produce()
        {
            observer.Tell($"produced {++_count}");
            return new Fragile(_count, observer);
        }

        public void Release(ActorBase actor) => observer.Tell($"released {((Fragile)actor).Number}");
    }

    private sealed class FailingProducer(IActorRef observer) : IIndirectActorProducer
    {
        public Type ActorType => typeof(Fragile);

        public ActorBase Produce() => throw new InvalidOperationException("no instance");

        public void Release(ActorBase actor) => observer.Tell("released");
    }

    private sealed class Fragile(int number, IActorRef observer) : UntypedActor
    {
        public int Number => number;

        protected override void OnReceive(object message) => throw new InvalidOperationException("as told");

        protected override void PreRestart(Exception reason, object? message)
        {
        }

        protected override void PostStop() => observer.Tell($"stopped {number}");
    }

    [Fact]
    public void Props_name_the_default_dispatcher_until_another_is_given()
    {
        var props = Silent.Props;
        var other = props.WithDispatcher("own").WithMailbox("own");

        Assert.Equal(("akka.actor.default-dispatcher", ""), (props.Dispatcher, props.Mailbox));
        Assert.Equal(("own", "own"), (other.Dispatcher, other.Mailbox));
    }

    [Fact]
    public void Strategy_of_props_is_null_until_one_is_given()
    {
        Assert.Null(Silent.Props.SupervisorStrategy);
        Assert.Same(
            SupervisorStrategy.StoppingStrategy,
            Silent.Props.WithSupervisorStrategy(SupervisorStrategy.StoppingStrategy).SupervisorStrategy);
    }

    [Fact]
    public void Null_is_refused_as_a_type() => Assert.Throws<ArgumentNullException>(() => Props.Create((Type)null!));

    [Fact]
    public void Arguments_choose_the_constructor_and_are_reused_after_a_restart()
    {
        var actor = Sys.ActorOf(Props.Create(typeof(TwoArguments), TestActor, 7));
        ExpectMsg("made with 7");

        actor.Tell("fail");

        ExpectMsg("made with 7");
    }

    private sealed class TwoArguments : UntypedActor
    {
        public TwoArguments(IActorRef observer, int number) => observer.Tell($"made with {number}");

        protected override void OnReceive(object message) => throw new InvalidOperationException("as told");
    }
}

using Akka.Actor;

namespace Akka.Embedded.Tests.Actor;

public sealed class PropsTests : ActorTest
{
    [Fact]
    public async Task Arguments_of_the_expression_are_evaluated_once_and_reused_at_restart()
    {
        var log = NewCollector();
        var evaluations = 0;
        Func<object> evaluate = () => ++evaluations;
        var props = Props.Create(() => new Reporter(log.Ref, evaluate(), new object()));
        var actor = System.ActorOf(props);

        actor.Tell("fail");

        var first = await log.Next<object[]>();
        var second = await log.Next<object[]>();
        Assert.Equal(1, evaluations);
        Assert.Same(first[1], second[1]);
    }

    [Fact]
    public async Task Two_actors_of_one_props_are_two_instances()
    {
        var log = NewCollector();
        var props = Props.Create(() => new Reporter(log.Ref, "a", "b"));

        System.ActorOf(props);
        System.ActorOf(props);

        Assert.NotSame(await log.Next<object[]>(), await log.Next<object[]>());
    }

    [Fact]
    public void Expression_other_than_a_constructor_call_is_refused()
    {
        Func<Reporter> factory = () => null!;

        Assert.Throws<ArgumentException>(() => Props.Create(() => factory()));
    }

    [Fact]
    public async Task Arguments_given_by_type_find_their_constructor()
    {
        var log = NewCollector();

        System.ActorOf(Props.Create(typeof(Reporter), log.Ref, "a", "b"));

        Assert.Equal(["a", "b"], await log.Next<object[]>());
    }

    [Fact]
    public void Type_that_is_not_an_actor_is_refused()
    {
        Assert.Throws<ArgumentException>(() => Props.Create(typeof(string)));
    }

    private sealed class Reporter : ReceiveActor
    {
        public Reporter(IActorRef log, object first, object second)
        {
            log.Tell(new[] { first, second });
            ReceiveAny(_ => throw new InvalidOperationException());
        }
    }
}

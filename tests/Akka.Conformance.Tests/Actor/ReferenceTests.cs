using Akka.Actor;

namespace Akka.Conformance.Tests.Actor;

/// <summary>References to actors: how they are resolved, and which are equal.</summary>
public sealed class ReferenceTests : Akka.TestKit.Xunit2.TestKit
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(10);

    private IActorRefProvider Provider => ((ExtendedActorSystem)Sys).Provider;

    [Fact]
    public void Reference_is_resolved_from_its_path_and_from_the_paths_text()
    {
        var parent = Sys.ActorOf(Making, "parent");
        parent.Tell("child", TestActor);
        var child = ExpectMsg<IActorRef>();

        foreach (var actor in (IActorRef[])[parent, child])
        {
            Assert.Equal(actor, Provider.ResolveActorRef(actor.Path));
            Assert.Equal(actor, Provider.ResolveActorRef(actor.Path.ToSerializationFormat()));
        }

        Assert.Equal(child, Provider.ResolveActorRef(new RootActorPath(Provider.DefaultAddress) / "user" / "parent" / "child"));
    }

    [Fact]
    public void Actor_with_the_name_of_an_ended_one_has_an_equal_path_and_another_reference()
    {
        var first = Sys.ActorOf(Silent.Props, "name");
        Watch(first);
        Sys.Stop(first);
        ExpectTerminated(first);
        var second = MadeAgain("name");

        Assert.Equal(first.Path, second.Path);
        Assert.NotEqual(first, second);
        Assert.NotEqual(first.ToString(), second.ToString());
        Assert.NotEqual(0, first.CompareTo(second));
        Assert.Equal(second, Provider.ResolveActorRef(second.Path.ToSerializationFormat()));
        Assert.NotEqual(first, Provider.ResolveActorRef(first.Path.ToString()));
    }

    [Fact]
    public async Task Reference_of_an_Ask_is_resolved_until_the_answer()
    {
        var actor = Sys.ActorOf(Scripted.Props((context, _) => TestActor.Tell(context.Sender)));
        var answer = actor.Ask<int>("question", Long);
        var asker = ExpectMsg<IActorRef>();

        Assert.Equal("temp", asker.Path.Elements[0]);
        Assert.Equal(asker, Provider.ResolveActorRef(asker.Path));
        Assert.False(answer.IsCompleted);
        Provider.ResolveActorRef(asker.Path.ToSerializationFormat()).Tell(42);

        Assert.Equal(42, await answer);
        AwaitAssert(() => Assert.NotSame(asker, Provider.ResolveActorRef(asker.Path)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Reference_of_an_Ask_is_forgotten_when_the_Ask_is_cancelled_or_late(bool isCancelled)
    {
        using var cancellation = new CancellationTokenSource();
        var actor = Sys.ActorOf(Scripted.Props((context, _) => TestActor.Tell(context.Sender)));
        var answer = actor.Ask<int>("question", isCancelled ? Long : TimeSpan.FromMilliseconds(1), cancellation.Token);
        var asker = ExpectMsg<IActorRef>();

        if (isCancelled)
        {
            await cancellation.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer);
        }
        else
        {
            await Assert.ThrowsAsync<AskTimeoutException>(() => answer);
        }

        AwaitAssert(() => Assert.NotSame(asker, Provider.ResolveActorRef(asker.Path)));
    }

    [Fact]
    public async Task Actor_is_made_only_by_ActorOf()
    {
        // A thread of its own, because a test kit puts its test actor's context on its thread.
        var made = Task.Factory.StartNew(() => new Silent(), default, TaskCreationOptions.LongRunning, TaskScheduler.Default);

        await Assert.ThrowsAsync<ActorInitializationException>(() => made);
    }

    [Fact]
    public void Child_is_found_by_its_name_and_an_unknown_name_gives_nobody()
    {
        var parent = Sys.ActorOf(Scripted.Props((context, message) =>
        {
            var child = context.ActorOf(Silent.Props, (string)message);
            context.Sender.Tell(child.Equals(context.Child((string)message)));
            context.Sender.Tell(context.Child("unknown").IsNobody());
        }));

        parent.Tell("known", TestActor);

        ExpectMsg(true);
        ExpectMsg(true);
        Assert.True(((IActorRef?)null).IsNobody());
        Assert.False(parent.IsNobody());
    }

    [Fact]
    public void Actor_made_inside_the_props_of_another_is_an_actor_of_its_own()
    {
        var outer = Sys.ActorOf(Props.Create(() => new Outer(Sys.ActorOf(Making, "inner"))), "outer");

        outer.Tell("inner", TestActor);
        outer.Tell("self", TestActor);

        Assert.Equal("inner", ExpectMsg<IActorRef>().Path.Name);
        ExpectMsg(outer);
    }

    private static Props Making { get; } =
        Scripted.Props((context, name) => context.Sender.Tell(context.ActorOf(Silent.Props, (string)name)));

    /// <summary>Makes an actor whose name is free as soon as the ended actor has left its parent.</summary>
    private IActorRef MadeAgain(string name)
    {
        IActorRef? made = null;
        AwaitAssert(() => made = Sys.ActorOf(Silent.Props, name));
        return made!; // Justification: the assertion held.
    }

    private sealed class Outer(IActorRef inner) : UntypedActor
    {
        protected override void OnReceive(object message) => Sender.Tell(message is "self" ? Self : inner);
    }
}

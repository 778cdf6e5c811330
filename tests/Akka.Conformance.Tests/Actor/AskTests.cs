using Akka.Actor;
using Akka.Event;

namespace Akka.Conformance.Tests.Actor;

public sealed class AskTests : Akka.TestKit.Xunit2.TestKit
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Ask_returns_null_when_the_reply_is_null()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Answers(null)));

        Assert.Null(await actor.Ask<string>("question", Long));
    }

    [Fact]
    public async Task Answer_of_another_type_fails_the_Ask_and_becomes_a_dead_letter()
    {
        var letters = CreateTestProbe();
        Sys.EventStream.Subscribe(letters, typeof(DeadLetter));
        var actor = Sys.ActorOf(Props.Create(() => new Answers("text")));

        await Assert.ThrowsAsync<ArgumentException>(() => actor.Ask<int>("question", Long));

        letters.ExpectMsg<DeadLetter>(letter => Assert.Equal("text", letter.Message));
    }

    [Fact]
    public async Task Failure_fails_the_Ask_when_it_expects_any_object()
    {
        var failure = new Status.Failure(new InvalidOperationException("no"));
        var actor = Sys.ActorOf(Props.Create(() => new Answers(failure)));

        Assert.Same(failure.Cause, await Assert.ThrowsAsync<InvalidOperationException>(() => actor.Ask("question", Long)));
    }

    [Fact]
    public async Task Failure_is_the_answer_when_the_Ask_expects_a_Status()
    {
        var failure = new Status.Failure(new InvalidOperationException("no"));
        var actor = Sys.ActorOf(Props.Create(() => new Answers(failure)));

        Assert.Same(failure, await actor.Ask<Status>("question", Long));
        Assert.Same(failure, await actor.Ask<Status.Failure>("question", Long));
    }

    [Fact]
    public async Task Failure_fails_the_Ask_when_it_expects_another_type()
    {
        var failure = new Status.Failure(new InvalidOperationException("no"));
        var actor = Sys.ActorOf(Props.Create(() => new Answers(failure)));

        Assert.Same(failure.Cause, await Assert.ThrowsAsync<InvalidOperationException>(() => actor.Ask<string>("question", Long)));
    }

    [Fact]
    public async Task GracefulStop_returns_false_when_the_actor_does_not_stop_in_time()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Answers("never")));

        Assert.False(await actor.GracefulStop(TimeSpan.FromMilliseconds(1), "ignored"));
    }

    [Fact]
    public async Task GracefulStop_returns_true_when_the_actor_stops()
    {
        var actor = Sys.ActorOf(Silent.Props);

        Assert.True(await actor.GracefulStop(Long));
    }

    [Fact]
    public async Task Ask_without_a_timeout_takes_the_configured_one()
    {
        using var system = ActorSystem.Create("asks", "akka.actor.ask-timeout = 10ms");
        var actor = system.ActorOf(Silent.Props);

        await Assert.ThrowsAsync<AskTimeoutException>(() => actor.Ask<string>("question"));
    }

    [Fact]
    public async Task Late_answer_becomes_a_dead_letter()
    {
        var actor = Sys.ActorOf(Scripted.Props((context, _) => TestActor.Tell(context.Sender)));
        await Assert.ThrowsAsync<AskTimeoutException>(() => actor.Ask<string>("question", TimeSpan.FromMilliseconds(1)));
        var asker = ExpectMsg<IActorRef>();

        EventFilter.DeadLetter<string>().ExpectOne(() => asker.Tell("late"));
    }

    [Fact]
    public async Task Second_answer_becomes_a_dead_letter()
    {
        var actor = Sys.ActorOf(Scripted.Props((context, _) => TestActor.Tell(context.Sender)));
        var answer = actor.Ask<string>("question", Long);
        var asker = ExpectMsg<IActorRef>();
        asker.Tell("first");
        Assert.Equal("first", await answer);

        EventFilter.DeadLetter<string>().ExpectOne(() => asker.Tell("second"));
    }

    [Fact]
    public async Task Ask_with_a_cancelled_token_is_cancelled()
    {
        var actor = Sys.ActorOf(Silent.Props);
        using var cancellation = new CancellationTokenSource();
        var answer = actor.Ask<string>("question", cancellation.Token);

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer);
    }

    [Fact]
    public async Task Late_answer_to_a_cancelled_Ask_is_no_dead_letter()
    {
        var actor = Sys.ActorOf(Scripted.Props((context, _) => TestActor.Tell(context.Sender)));
        using var cancellation = new CancellationTokenSource();
        var answer = actor.Ask<string>("question", cancellation.Token);
        var asker = ExpectMsg<IActorRef>();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer);
        Sys.EventStream.Subscribe(TestActor, typeof(DeadLetter));

        asker.Tell("late");
        Sys.DeadLetters.Tell("last");

        ExpectMsg<DeadLetter>(letter => Assert.Equal("last", letter.Message));
    }

    [Fact]
    public async Task Message_may_carry_the_reference_that_receives_the_reply()
    {
        var actor = Sys.ActorOf(Scripted.Props((_, message) => ((IActorRef)message).Tell("reply")));

        Assert.Equal("reply", await actor.Ask<string>(asker => asker, Long, CancellationToken.None));
    }

    [Fact]
    public async Task Actor_may_await_an_Ask_in_its_handler()
    {
        var inner = Sys.ActorOf(Props.Create(() => new Answers("answer")));
        var outer = Sys.ActorOf(Props.Create(() => new Forwards(inner)));

        Assert.Equal("answer", await outer.Ask<string>("question", Long));
    }

    [Fact]
    public async Task GracefulStop_of_an_ended_actor_returns_true()
    {
        var actor = Sys.ActorOf(Silent.Props);
        Assert.True(await actor.GracefulStop(Long));

        Assert.True(await actor.GracefulStop(Long));
    }

    private sealed class Answers : ReceiveActor
    {
        public Answers(object? answer) => ReceiveAny(_ => Sender.Tell(answer!));
    }

    private sealed class Forwards : ReceiveActor
    {
        public Forwards(IActorRef to) => ReceiveAsync<string>(async question => Sender.Tell(await to.Ask<string>(question, Long)));
    }
}

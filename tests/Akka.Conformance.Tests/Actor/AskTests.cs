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
    public async Task Failure_is_the_answer_when_the_Ask_expects_any_object()
    {
        var failure = new Status.Failure(new InvalidOperationException("no"));
        var actor = Sys.ActorOf(Props.Create(() => new Answers(failure)));

        Assert.Same(failure, await actor.Ask("question", Long));
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

    private sealed class Answers : ReceiveActor
    {
        public Answers(object? answer) => ReceiveAny(_ => Sender.Tell(answer!));
    }
}

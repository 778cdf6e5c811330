using Akka.Actor;
using Akka.TestKit.Xunit2;

using RaftActors.Clients;
using RaftActors.Core;
using RaftActors.Wire;

namespace RaftActors.Tests.Clients;

public sealed class DeclinedQuestionTests : TestKit
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Tick = Patience / 10;

    private readonly ClientQuestions _questions;
    private TimeSpan _now = TimeSpan.FromMinutes(1);

    public DeclinedQuestionTests()
    {
        var finder = new GroupFinder("orders", (_, _) => { }, _ => { }, _ => TestActor, () => "", Patience);
        var leader = new ProcessName("orders@node");
        finder.Receive(new ClientReply.Located("orders", leader, new Term(1), [new("orders", leader, "path")]), TestActor, _now);
        _questions = new ClientQuestions(finder, Patience, _ => TestActor);
    }

    [Fact]
    public void Question_that_every_process_declines_is_asked_again_soon_at_first_and_rarely_later()
    {
        var question = new ClientQuestion(TimeSpan.FromMinutes(1), _ => new ClientCall.Read(default, 1, Patience / 2));
        var relay = CreateTestProbe();
        _questions.Add(question, relay, _now);

        Assert.Equal(1, AsksIn(Tick, question, relay));
        Assert.InRange(AsksIn(Patience, question, relay), 2, 6);
        Assert.Equal(20, AsksIn(Patience * 10, question, relay));
        Assert.False(question.Task.IsCompleted);
    }

    [Fact]
    public async Task Declined_question_ends_with_the_answer_of_the_next_process()
    {
        var question = new ClientQuestion(TimeSpan.FromMinutes(1), _ => new ClientCall.Status());
        var relay = CreateTestProbe();
        _questions.Add(question, relay, _now);
        AsksIn(Tick, question, relay);

        Assert.True(_questions.Receive(relay, "answer", _now));

        Assert.Equal("answer", (await question.Task).Reply);
        Assert.False(_questions.IsOpen);
    }

    // Declines each attempt, and counts those that are made meanwhile.
    private int AsksIn(TimeSpan time, ClientQuestion question, IActorRef relay)
    {
        var before = question.Attempts;
        for (var end = _now + time; _now < end;)
        {
            if (question.Declines < question.Attempts)
            {
                Assert.False(_questions.Receive(relay, new ClientReply.Declined("full"), _now));
            }

            _now += Tick;
            _questions.OnTick(_now);
        }

        return question.Attempts - before;
    }
}

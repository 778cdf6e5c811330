using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;

using RaftActors.Clients;
using RaftActors.Core;
using RaftActors.Wire;

namespace RaftActors.Tests.Clients;

/// <summary>The questions of a client that knows one process.</summary>
public sealed class ClientQuestionsTests : TestKit
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly TestProbe _engine;
    private readonly TestProbe _registry;
    private readonly IActorRef _relay;
    private readonly ClientQuestions _questions;
    private Address? _node;

    public ClientQuestionsTests()
    {
        (_engine, _registry, _relay) = (CreateTestProbe("engine"), CreateTestProbe("registry"), CreateTestProbe("relay").Ref);
        var finder = new GroupFinder("orders", (_, _) => { }, _ => { }, _ => _engine.Ref, () => "", Patience);
        var name = new ProcessName("orders@node");
        finder.Receive(new ClientReply.Located("orders", name, new Term(1), [new LocalProcess("orders", name, "")]), _engine.Ref, default);
        _questions = new ClientQuestions(finder, Patience, node =>
        {
            _node = node;
            return _registry.Ref;
        });
    }

    [Fact]
    public void Question_without_an_answer_is_asked_again_after_the_patience()
    {
        Add(mayRepeat: true);
        _engine.ExpectMsg<ClientCall.Explain>();

        _questions.OnTick(Patience / 2);
        _engine.ExpectNoMsg(TimeSpan.Zero);
        _questions.OnTick(Patience);

        _engine.ExpectMsg<ClientCall.Explain>();
    }

    [Fact]
    public void Question_that_may_not_be_repeated_is_asked_once()
    {
        Add(mayRepeat: false);
        _engine.ExpectMsg<ClientCall.Explain>();

        _questions.OnTick(Patience);

        _engine.ExpectNoMsg(TimeSpan.Zero);
        Assert.True(_questions.IsOpen);
    }

    [Fact]
    public async Task Question_that_is_declined_is_asked_again_and_ends_with_the_reason_at_its_deadline()
    {
        var question = Add(mayRepeat: true);
        _engine.ExpectMsg<ClientCall.Explain>();

        Assert.False(_questions.Receive(_relay, new ClientReply.Declined("not now"), default));
        _questions.OnTick(Patience / 2);
        _engine.ExpectMsg<ClientCall.Explain>();
        Assert.Equal([_relay], _questions.OnTick(question.Deadline));

        Assert.Equal("not now", (await question.Task).Why);
        Assert.False(_questions.IsOpen);
    }

    [Fact]
    public async Task Question_that_may_not_be_repeated_ends_when_it_is_declined()
    {
        var question = Add(mayRepeat: false);

        Assert.True(_questions.Receive(_relay, new ClientReply.Declined("not now"), default));

        Assert.Equal(new ClientReply.Declined("not now"), (await question.Task).Reply);
    }

    [Fact]
    public async Task Question_after_the_end_of_the_client_is_not_sent()
    {
        _questions.Close();

        var question = Add(mayRepeat: true);

        _engine.ExpectNoMsg(TimeSpan.Zero);
        Assert.Equal(NotCommittedReason.Closed, (await question.Task).Cause);
    }

    [Fact]
    public async Task Question_to_a_node_goes_to_its_registry_and_needs_no_group()
    {
        var node = new Address("akka.tcp", "shop", "127.0.0.1", 2551);
        var question = new ClientQuestion(TimeSpan.FromSeconds(10), _ => new ClientCall.ListProcesses(null)) { Node = node };

        _questions.Add(question, _relay, default);

        _registry.ExpectMsg<ClientCall.ListProcesses>();
        Assert.Equal((node, false), (_node, _questions.NeedsGroup));
        Assert.True(_questions.Receive(_relay, new ClientReply.Refused("it is earlier"), default));
        Assert.Equal(new ClientReply.Refused("it is earlier"), (await question.Task).Reply);
    }

    [Fact]
    public void Question_is_asked_again_at_once_when_its_node_and_no_other_one_was_lost()
    {
        Add(mayRepeat: true);
        _engine.ExpectMsg<ClientCall.Explain>();

        _questions.OnLost(new Address("akka.tcp", "shop", "10.0.0.9", 2551), default);
        _questions.OnTick(default);
        _engine.ExpectNoMsg(TimeSpan.Zero);
        _questions.OnLost(_engine.Ref.Path.Address, default);
        _questions.OnTick(default);

        _engine.ExpectMsg<ClientCall.Explain>();
    }

    private ClientQuestion Add(bool mayRepeat)
    {
        var question = new ClientQuestion(TimeSpan.FromSeconds(10), _ => new ClientCall.Explain(), mayRepeat);
        _questions.Add(question, _relay, default);
        return question;
    }
}

using Akka.Actor;
using Akka.Event;

namespace Akka.Embedded.Tests.Actor;

public sealed class ActorSelectionTests : ActorTest
{
    private readonly Collector _log;
    private readonly IActorRef _parent;

    public ActorSelectionTests()
    {
        _log = NewCollector();
        var log = _log.Ref;
        Action<IActorContext, object> show = (own, text) => log.Tell($"{own.Self.Path.Name}: {text}");
        _parent = NewActor(
            (context, message) =>
            {
                switch (message)
                {
                    case "children":
                        foreach (var name in new[] { "ab", "ac", "bc" })
                        {
                            context.ActorOf(Props.Create(() => new FunctionActor(show)), name);
                        }

                        context.Sender.Tell("made");
                        break;
                    case string path when path.StartsWith("../", StringComparison.Ordinal) || path.Contains('*'):
                        context.ActorSelection(path).Tell("relative");
                        break;
                    default:
                        log.Tell($"parent: {message}");
                        break;
                }
            },
            "parent");
    }

    [Theory]
    [InlineData("/user/parent/ab", "ab: hello")]
    [InlineData("akka://test/user/parent/ab", "ab: hello")]
    [InlineData("/user/parent/b*", "bc: hello")]
    [InlineData("/user/*/?b", "ab: hello")]
    [InlineData("/user/parent/ab/../bc", "bc: hello")]
    public async Task Path_reaches_the_actor_it_names(string path, string expected)
    {
        await MakeChildren();

        System.ActorSelection(path).Tell("hello");

        await _log.Expects(expected);
    }

    [Fact]
    public async Task Pattern_reaches_every_actor_that_matches()
    {
        await MakeChildren();

        System.ActorSelection("/user/parent/a*").Tell("hello");

        Assert.Equal(["ab: hello", "ac: hello"], new[] { await _log.Next<string>(), await _log.Next<string>() }.Order());
    }

    [Theory]
    [InlineData("../parent", "parent: relative")]
    [InlineData("*b", "ab: relative")]
    public async Task Relative_path_begins_at_the_actor(string path, string expected)
    {
        await MakeChildren();

        _parent.Tell(path);

        await _log.Expects(expected);
    }

    [Fact]
    public async Task ResolveOne_gives_the_reference()
    {
        Assert.Equal(_parent, await System.ActorSelection("/user/parent").ResolveOne(Patience));
    }

    [Fact]
    public async Task ResolveOne_of_a_path_without_an_actor_fails_at_once()
    {
        await Assert.ThrowsAsync<ActorNotFoundException>(() => System.ActorSelection("/user/nobody").ResolveOne(Patience));
    }

    [Fact]
    public async Task Message_to_a_path_without_an_actor_becomes_a_dead_letter()
    {
        System.EventStream.Subscribe<DeadLetter>(_log.Ref);

        System.ActorSelection("/user/nobody/there").Tell("hello");

        var letter = await _log.Next<DeadLetter>();
        Assert.Equal(("hello", "akka://test/user/nobody/there"), (letter.Message, letter.Recipient.Path.ToString()));
    }

    [Fact]
    public async Task Identify_left_in_the_mailbox_of_an_actor_that_ends_is_answered_without_a_subject()
    {
        using var asked = new ManualResetEventSlim();
        IActorRef actor = NewActor((context, _) =>
        {
            asked.Wait(Patience);
            context.Stop(context.Self);
        });
        actor.Tell("end once the question waits");

        var answer = actor.Ask<ActorIdentity>(new Identify("id"), Patience);
        asked.Set();

        Assert.Null((await answer).Subject);
    }

    [Fact]
    public async Task Identify_is_answered_with_the_same_id()
    {
        var identity = await _parent.Ask<ActorIdentity>(new Identify("id"), Patience);

        Assert.Equal(("id", _parent), (identity.MessageId, identity.Subject));
    }

    [Fact]
    public void Reference_text_with_the_uid_of_an_earlier_incarnation_finds_nobody()
    {
        IActorRefProvider provider = ((ExtendedActorSystem)System).Provider;

        Assert.Same(_parent, provider.ResolveActorRef(_parent.Path.ToSerializationFormat()));
        Assert.NotSame(_parent, provider.ResolveActorRef(_parent.Path.WithUid(_parent.Path.Uid + 1)));
    }

    private async Task MakeChildren() => await _parent.Ask("children", Patience);
}

using Akka.Actor;
using Akka.Event;

namespace Akka.Conformance.Tests.Actor;

public sealed class SelectionTests : Akka.TestKit.Xunit2.TestKit
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(10);

    [Theory]
    [InlineData("/user/nobody")]
    [InlineData("/user/nobody*")]
    [InlineData("/user/nobody?/child")]
    [InlineData("/user/on*/nobody")]
    [InlineData("/user/one/*")]
    public void Identify_is_answered_with_nobody_when_a_selection_matches_no_actor(string path)
    {
        Sys.ActorOf(Silent.Props, "one");

        Sys.ActorSelection(path).Tell(new Identify(1), TestActor);

        ExpectMsg<ActorIdentity>(identity => Assert.Equal((1, null), ((int)identity.MessageId!, identity.Subject)));
    }

    [Fact]
    public void Message_becomes_a_dead_letter_when_a_pattern_matches_no_actor()
    {
        var letters = CreateTestProbe();
        Sys.EventStream.Subscribe(letters, typeof(DeadLetter));

        Sys.ActorSelection("/user/nobody*").Tell("lost", TestActor);

        letters.ExpectMsg<DeadLetter>(letter =>
        {
            Assert.Equal("lost", letter.Message);
            Assert.Equal(TestActor, letter.Sender);
            Assert.Equal("/user/nobody*", letter.Recipient.Path.ToStringWithoutAddress());
        });
    }

    [Fact]
    public void Branch_without_a_match_is_silent_when_a_pattern_matches_several_actors()
    {
        Sys.ActorOf(Silent.Props, "one1");
        Sys.ActorOf(Silent.Props, "one2");

        Sys.ActorSelection("/user/one*/nobody").Tell(new Identify(1), TestActor);
        Sys.ActorSelection("/user/one1").Tell(new Identify(2), TestActor);

        ExpectMsg<ActorIdentity>(identity => Assert.Equal(2, identity.MessageId));
    }

    [Theory]
    [InlineData("/user/nobody")]
    [InlineData("/user/nobody*")]
    public async Task ResolveOne_fails_at_once_when_a_selection_matches_no_actor(string path)
    {
        var resolved = Sys.ActorSelection(path).ResolveOne(Long);

        await Assert.ThrowsAsync<ActorNotFoundException>(() => resolved.WaitAsync(TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public void Paths_and_patterns_reach_the_actors_that_they_name()
    {
        var parent = Sys.ActorOf(Relay.Props, "relay");
        parent.Tell("one", TestActor);
        parent.Tell("two", TestActor);
        var (one, two) = (ExpectMsg<IActorRef>(), ExpectMsg<IActorRef>());

        Assert.Equal([one], Reached(Sys.ActorSelection("/user/relay/one"), parent, one, two));
        Assert.Equal([one], Reached(Sys.ActorSelection("user/relay/one"), parent, one, two));
        Assert.Equal([one], Reached(Sys.ActorSelection(one.Path), parent, one, two));
        Assert.Equal([one], Reached(Sys.ActorSelection(one.Path.ToString()), parent, one, two));
        Assert.Equal([one], Reached(Sys.ActorSelection("/user/relay/two/../one"), parent, one, two));
        Assert.Equal([one, two], Reached(Sys.ActorSelection("/user/relay/*"), parent, one, two));
        Assert.Equal([two], Reached(Sys.ActorSelection("/user/*/t?o"), parent, one, two));
        Assert.Equal([parent], Reached(Sys.ActorSelection("/user/relay"), parent, one, two));
    }

    [Fact]
    public void Path_of_an_actors_context_begins_at_the_actor()
    {
        var parent = Sys.ActorOf(Scripted.Props((context, message) =>
        {
            context.ActorOf(Silent.Props, "child");
            context.ActorSelection((string)message).Tell(new Identify(1), context.Sender);
        }), "parent");

        parent.Tell("child", TestActor);

        ExpectMsg<ActorIdentity>(identity => Assert.Equal(parent.Path / "child", identity.Subject!.Path));
    }

    [Fact]
    public void Forwarded_message_keeps_its_sender()
    {
        var selection = Sys.ActorSelection(TestActor.Path);
        var forwarder = Sys.ActorOf(Scripted.Props((context, message) => selection.Tell(message, context.Sender)));
        var probe = CreateTestProbe();

        forwarder.Tell("hello", probe);

        ExpectMsg("hello");
        Assert.Equal(probe.Ref, LastSender);
    }

    [Fact]
    public async Task ResolveOne_gives_the_reference()
    {
        var actor = Sys.ActorOf(Silent.Props, "one");

        Assert.Same(actor, await Sys.ActorSelection("/user/one").ResolveOne(Long));
    }

    [Fact]
    public void Text_of_a_selection_shows_its_anchor_and_its_path()
    {
        Assert.Equal("/user/a/*", Sys.ActorSelection("/user/a/*").PathString);
        Assert.StartsWith($"ActorSelection[Anchor(akka://{Sys.Name}/", Sys.ActorSelection("/user/a").ToString());
        Assert.EndsWith("Path(/user/a)]", Sys.ActorSelection("/user/a").ToString());
    }

    /// <summary>Returns the actors that a selection reaches. All of them answer, and no answer can come late.</summary>
    private IEnumerable<IActorRef> Reached(ActorSelection selection, params IActorRef[] all)
    {
        selection.Tell(new Identify("selected"), TestActor);
        foreach (var each in all)
        {
            each.Tell(new Identify("last"), TestActor);
        }

        var subjects = new List<IActorRef>();
        for (var missing = all.Length; missing > 0;)
        {
            var answer = ExpectMsg<ActorIdentity>();
            if ("last".Equals(answer.MessageId))
            {
                missing--;
            }
            else
            {
                subjects.Add(answer.Subject!); // Justification: the actors exist.
            }
        }

        return subjects.OrderBy(subject => subject.Path.Name, StringComparer.Ordinal);
    }

    /// <summary>Makes children by name, and reports each to the sender.</summary>
    private sealed class Relay : ReceiveActor
    {
        public Relay() => Receive<string>(name => Sender.Tell(Context.ActorOf(Silent.Props, name)));

        public static Props Props { get; } = Akka.Actor.Props.Create(() => new Relay());
    }
}

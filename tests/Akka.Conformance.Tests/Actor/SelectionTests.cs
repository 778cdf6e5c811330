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
}

using Akka.Actor;
using Akka.Event;

namespace Akka.Conformance.Tests.Event;

public sealed class EventStreamTests : Akka.TestKit.Xunit2.TestKit
{
    [Fact]
    public void Null_is_refused_as_a_subscriber()
    {
        Assert.Throws<ArgumentNullException>(() => Sys.EventStream.Subscribe(null!, typeof(string)));
        Assert.Throws<ArgumentNullException>(() => Sys.EventStream.Unsubscribe(null!, typeof(string)));
        Assert.Throws<ArgumentNullException>(() => Sys.EventStream.Unsubscribe(null!));
    }

    [Fact]
    public void Suppressed_letter_to_an_ended_actor_names_the_dead_letters_as_its_recipient()
    {
        var letters = CreateTestProbe();
        Sys.EventStream.Subscribe(letters, typeof(SuppressedDeadLetter));
        var ended = Sys.ActorOf(Silent.Props);
        Watch(ended);
        Sys.Stop(ended);
        ExpectTerminated(ended);

        ended.Tell(new Expendable(), TestActor);

        letters.ExpectMsg<SuppressedDeadLetter>(letter =>
        {
            Assert.IsType<Expendable>(letter.Message);
            Assert.Equal(TestActor, letter.Sender);
            Assert.Equal(Sys.DeadLetters, letter.Recipient);
        });
    }

    [Fact]
    public void Unhandled_message_is_logged_like_a_dead_letter()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Deaf()));

        EventFilter.Info(contains: "was unhandled").ExpectOne(() => actor.Tell("nobody hears"));
    }

    [Fact]
    public void Subscribing_and_unsubscribing_tell_whether_they_changed_anything()
    {
        Assert.True(Sys.EventStream.Subscribe(TestActor, typeof(string)));
        Assert.False(Sys.EventStream.Subscribe(TestActor, typeof(string)));
        Assert.True(Sys.EventStream.Unsubscribe(TestActor, typeof(string)));
        Assert.False(Sys.EventStream.Unsubscribe(TestActor, typeof(string)));
        Assert.False(Sys.EventStream.Unsubscribe(TestActor));
    }

    [Fact]
    public void Subscriber_of_a_base_class_or_an_interface_receives_an_event_once()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(Base));
        Sys.EventStream.Subscribe(TestActor, typeof(Derived));
        Sys.EventStream.Subscribe(TestActor, typeof(IMark));

        Sys.EventStream.Publish(new Derived());
        Sys.EventStream.Publish(new Base());
        Sys.EventStream.Publish("last");
        TestActor.Tell("last");

        ExpectMsg<Derived>();
        ExpectMsg<Base>(one => Assert.IsType<Base>(one));
        ExpectMsg("last");
    }

    [Fact]
    public void Message_to_the_dead_letters_is_published_as_a_dead_letter()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(DeadLetter));

        Sys.DeadLetters.Tell("lost", TestActor);

        ExpectMsg<DeadLetter>(letter =>
            Assert.Equal(("lost", TestActor, Sys.DeadLetters), (letter.Message, letter.Sender, letter.Recipient)));
    }

    [Fact]
    public void Suppressed_letters_reach_only_subscribers_of_them_or_of_all_letters()
    {
        var (letters, suppressed, all) = (CreateTestProbe(), CreateTestProbe(), CreateTestProbe());
        Sys.EventStream.Subscribe(letters, typeof(DeadLetter));
        Sys.EventStream.Subscribe(suppressed, typeof(SuppressedDeadLetter));
        Sys.EventStream.Subscribe(all, typeof(AllDeadLetters));

        Sys.DeadLetters.Tell(new Expendable());
        Sys.DeadLetters.Tell("lost");

        letters.ExpectMsg<DeadLetter>(letter => Assert.Equal("lost", letter.Message));
        suppressed.ExpectMsg<SuppressedDeadLetter>();
        all.ExpectMsg<SuppressedDeadLetter>();
        all.ExpectMsg<DeadLetter>();
    }

    private interface IMark;

    private class Base : IMark;

    private sealed class Derived : Base;

    private sealed class Deaf : UntypedActor
    {
        protected override void OnReceive(object message) => Unhandled(message);
    }

    private sealed class Expendable : IDeadLetterSuppression;
}

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

    private sealed class Deaf : UntypedActor
    {
        protected override void OnReceive(object message) => Unhandled(message);
    }

    private sealed class Expendable : IDeadLetterSuppression;
}

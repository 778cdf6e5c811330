using Akka.Actor;
using Akka.Embedded.Tests.Actor;
using Akka.Event;

namespace Akka.Embedded.Tests.Event;

public sealed class EventStreamTests : ActorTest
{
    [Fact]
    public async Task Subscriber_of_a_type_gets_events_of_it_and_of_what_derives_from_it()
    {
        var collector = NewCollector();
        System.EventStream.Subscribe(collector.Ref, typeof(IComparable));

        System.EventStream.Publish("text");
        System.EventStream.Publish(new object());
        System.EventStream.Publish(5);

        await collector.Expects("text", 5);
        await collector.ExpectsNothingElse();
    }

    [Fact]
    public async Task Subscriber_of_a_type_and_its_base_gets_an_event_once()
    {
        var collector = NewCollector();
        System.EventStream.Subscribe<string>(collector.Ref);
        System.EventStream.Subscribe<IComparable>(collector.Ref);

        System.EventStream.Publish("text");

        await collector.Expects("text");
        await collector.ExpectsNothingElse();
    }

    [Fact]
    public async Task Subscription_after_the_first_publication_receives_later_events()
    {
        var collector = NewCollector();
        System.EventStream.Publish("before");

        Assert.True(System.EventStream.Subscribe<string>(collector.Ref));
        Assert.False(System.EventStream.Subscribe<string>(collector.Ref));
        System.EventStream.Publish("after");

        await collector.Expects("after");
    }

    [Fact]
    public async Task Unsubscribe_ends_the_events()
    {
        var collector = NewCollector();
        System.EventStream.Subscribe<string>(collector.Ref);

        Assert.True(System.EventStream.Unsubscribe<string>(collector.Ref));
        System.EventStream.Publish("after");

        await collector.ExpectsNothingElse();
    }

    [Fact]
    public async Task Actor_that_ends_is_unsubscribed()
    {
        var collector = NewCollector();
        System.EventStream.Subscribe<string>(collector.Ref);

        Assert.True(await collector.Ref.GracefulStop(Patience));

        Assert.False(System.EventStream.Unsubscribe(collector.Ref));
    }

    [Fact]
    public async Task Message_with_IDeadLetterSuppression_becomes_a_suppressed_dead_letter()
    {
        var collector = NewCollector();
        System.EventStream.Subscribe<AllDeadLetters>(collector.Ref);

        System.DeadLetters.Tell(PoisonPill.Instance);

        Assert.Same(PoisonPill.Instance, (await collector.Next<SuppressedDeadLetter>()).Message);
    }

    [Fact]
    public async Task Loss_of_a_dead_letter_to_an_ended_subscriber_is_not_published_again()
    {
        var collector = NewCollector();
        var ended = NewCollector();
        Assert.True(await ended.Ref.GracefulStop(Patience));
        System.EventStream.Subscribe<DeadLetter>(ended.Ref);
        System.EventStream.Subscribe<DeadLetter>(collector.Ref);

        System.DeadLetters.Tell("lost");

        Assert.Equal("lost", (await collector.Next<DeadLetter>()).Message);
        await collector.ExpectsNothingElse();
    }
}

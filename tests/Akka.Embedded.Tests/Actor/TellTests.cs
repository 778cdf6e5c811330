using Akka.Actor;
using Akka.Event;

namespace Akka.Embedded.Tests.Actor;

public sealed class TellTests : ActorTest
{
    [Fact]
    public async Task Messages_of_each_sender_arrive_in_the_order_they_were_sent()
    {
        const int Senders = 8;
        const int Each = 20_000;
        var next = new int[Senders];
        var received = 0;
        var verdict = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        IActorRef actor = NewActor((_, message) =>
        {
            (var sender, var number) = ((int, int))message;
            if (next[sender]++ != number)
            {
                verdict.TrySetResult($"sender {sender}: {number} came as number {next[sender] - 1}");
            }

            if (++received == Senders * Each)
            {
                verdict.TrySetResult("in order");
            }
        });

        Thread[] threads = [.. Enumerable.Range(0, Senders).Select(sender => new Thread(() =>
        {
            for (var number = 0; number < Each; number++)
            {
                actor.Tell((sender, number), ActorRefs.NoSender);
            }
        }))];
        Array.ForEach(threads, thread => thread.Start());

        Assert.Equal("in order", await verdict.Task.WaitAsync(Patience));
    }

    [Fact]
    public async Task Actor_under_many_senders_handles_one_message_at_a_time()
    {
        const int Messages = 50_000;
        var inside = 0;
        var together = 0;
        var received = 0;
        var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        IActorRef actor = NewActor((_, _) =>
        {
            together += Interlocked.Increment(ref inside) == 1 ? 0 : 1;
            if (++received == Messages)
            {
                end.SetResult();
            }

            Interlocked.Decrement(ref inside);
        });

        Parallel.For(0, Messages, _ => actor.Tell("message", ActorRefs.NoSender));
        await end.Task.WaitAsync(Patience);

        Assert.Equal(0, together);
    }

    [Fact]
    public async Task Tell_within_an_actor_carries_that_actor_as_sender()
    {
        var collector = NewCollector();
        var actor = NewActor((_, _) => collector.Ref.Tell("hello"));

        actor.Tell("go");

        await collector.Expects("hello");
        Assert.Equal(actor, collector.LastSender);
    }

    [Fact]
    public async Task Sender_of_a_message_without_one_is_the_dead_letters()
    {
        var collector = NewCollector();

        collector.Ref.Tell("hello");

        await collector.Expects("hello");
        Assert.Equal(System.DeadLetters, collector.LastSender);
    }

    [Fact]
    public async Task Forward_keeps_the_original_sender()
    {
        var collector = NewCollector();
        var origin = NewCollector();
        var relay = NewActor((_, message) => collector.Ref.Forward(message));

        relay.Tell("hello", origin.Ref);

        await collector.Expects("hello");
        Assert.Equal(origin.Ref, collector.LastSender);
    }

    [Fact]
    public void Tell_of_null_is_refused()
    {
        Assert.Throws<InvalidMessageException>(() => NewCollector().Ref.Tell(null!, ActorRefs.NoSender));
    }

    [Fact]
    public async Task Message_to_an_ended_actor_becomes_a_dead_letter_with_sender_and_recipient()
    {
        var letters = NewCollector();
        var sender = NewCollector();
        System.EventStream.Subscribe<DeadLetter>(letters.Ref);
        var actor = NewActor((_, _) => { });
        Assert.True(await actor.GracefulStop(Patience));

        actor.Tell("late", sender.Ref);

        var letter = await letters.Next<DeadLetter>();
        Assert.Equal(("late", sender.Ref, actor), (letter.Message, letter.Sender, letter.Recipient));
    }

    [Fact]
    public async Task Messages_waiting_behind_a_poison_pill_become_dead_letters()
    {
        var letters = NewCollector();
        System.EventStream.Subscribe<DeadLetter>(letters.Ref);
        using var gate = new ManualResetEventSlim();
        var actor = NewActor((_, _) => gate.Wait());

        actor.Tell("held");
        actor.Tell(PoisonPill.Instance);
        actor.Tell("behind");
        gate.Set();

        Assert.Equal("behind", (await letters.Next<DeadLetter>()).Message);
    }
}

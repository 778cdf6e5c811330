using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using Xunit.Sdk;

namespace TestKitTests;

public sealed class ExpectMessageTests : TestKit
{
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(50);

    [Fact]
    public void Messages_are_taken_in_the_order_in_which_they_came()
    {
        var probe = CreateTestProbe();
        for (var i = 0; i < 100; i++)
        {
            probe.Tell(i);
        }

        for (var i = 0; i < 100; i++)
        {
            Assert.Equal(i, probe.ExpectMsg<int>());
        }
    }

    [Fact]
    public void A_message_of_another_type_fails_with_both_named()
    {
        TestActor.Tell("text");

        var error = Assert.ThrowsAny<XunitException>(() => ExpectMsg<int>(hint: "the sum"));

        Assert.Contains("the sum: expected a message of type System.Int32, but got <text> of type System.String from", error.Message);
    }

    [Fact]
    public void Another_value_fails_with_both_named()
    {
        TestActor.Tell(1);

        var error = Assert.ThrowsAny<XunitException>(() => ExpectMsg(2));

        Assert.Contains("expected <2>, but got <1> of type System.Int32 from", error.Message);
    }

    [Fact]
    public void No_message_fails_with_the_time_that_was_waited()
    {
        var error = Assert.ThrowsAny<XunitException>(() => ExpectMsg("x", Moment));

        Assert.Contains("expected <x>, but no message came within 00:00:00.05", error.Message);
    }

    [Fact]
    public void Equal_lists_are_equal_messages()
    {
        TestActor.Tell(new List<int> { 1, 2 });

        ExpectMsg(new List<int> { 1, 2 });
    }

    [Fact]
    public void Each_form_of_expectation_passes_and_fails_as_it_says()
    {
        Passes(() => ExpectMsg<int>(i => i == 1));
        Fails(() => ExpectMsg<int>(i => i == 2));
        Passes(() => ExpectMsg<int>(i => { Assert.Equal(1, i); }));
        Fails(() => ExpectMsg<int>(i => { Assert.Equal(2, i); }));
        Passes(() => ExpectMsg<int>((i, sender) => i == 1 && sender.Equals(TestActor)));
        Fails(() => ExpectMsg<int>((_, sender) => sender.Equals(Sys.DeadLetters)));
        Passes(() => ExpectMsg(2, (expected, actual) => expected == actual + 1));
        Fails(() => ExpectMsg(1, (expected, actual) => expected == actual + 1));

        void Passes(Action expectation)
        {
            TestActor.Tell(1);
            expectation();
        }

        void Fails(Action expectation)
        {
            TestActor.Tell(1);
            Assert.ThrowsAny<XunitException>(expectation);
        }
    }

    [Fact]
    public void All_of_several_may_come_in_any_order_but_no_other()
    {
        TestActor.Tell("b");
        TestActor.Tell("a");
        TestActor.Tell("b");

        Assert.Equal(["b", "a", "b"], ExpectMsgAllOf("a", "b", "b"));

        TestActor.Tell("a");
        TestActor.Tell("c");
        var error = Assert.ThrowsAny<XunitException>(() => ExpectMsgAllOf("a", "b"));
        Assert.Contains("expected <b> of <a>, <b> still, but got <c> from", error.Message);

        TestActor.Tell("a");
        error = Assert.ThrowsAny<XunitException>(() => ExpectMsgAllOf(Moment, "a", "b"));
        Assert.Contains("expected <b> of <a>, <b> still, but no more messages came within", error.Message);
    }

    [Fact]
    public void ExpectNoMsg_fails_with_the_message_that_came()
    {
        ExpectNoMsg(Moment);
        TestActor.Tell("x");

        var error = Assert.ThrowsAny<XunitException>(() => ExpectNoMsg(Moment));

        Assert.Contains($"expected no message for {Moment}, but got <x> from", error.Message);
    }

    [Fact]
    public async Task The_asynchronous_forms_wait_for_messages_that_come_later()
    {
        var first = ExpectMsgAsync<string>();
        Assert.False(first.IsCompleted);
        TestActor.Tell("x");

        Assert.Equal("x", await first);
        await ExpectNoMsgAsync(Moment);
        TestActor.Tell("y");
        TestActor.Tell("z");
        var received = new List<object>();
        await foreach (var message in ReceiveNAsync(2))
        {
            received.Add(message);
        }

        Assert.Equal(["y", "z"], received);
        TestActor.Tell(3);
        Assert.Equal(3, await FishForMessageAsync<int>(i => i == 3));
        await Assert.ThrowsAnyAsync<XunitException>(async () => await ExpectMsgAsync("x", Moment));
    }

    [Fact]
    public async Task A_wait_ends_when_it_is_cancelled()
    {
        using var cancellation = new CancellationTokenSource();
        var waiting = ExpectMsgAsync<string>(cancellationToken: cancellation.Token);

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await waiting);
    }

    [Fact]
    public void ExpectTerminated_passes_when_the_watched_actor_ends()
    {
        var actor = CreateTestProbe().Ref;
        Watch(actor);

        Sys.Stop(actor);

        Assert.Equal(actor, ExpectTerminated(actor).ActorRef);
    }

    [Fact]
    public async Task Unwatched_actor_gives_no_Terminated()
    {
        var (left, kept) = (CreateTestProbe().Ref, CreateTestProbe().Ref);
        await WatchAsync(left);
        await WatchAsync(kept);
        await UnwatchAsync(left);

        Sys.Stop(left);
        Sys.Stop(kept);

        await ExpectTerminatedAsync(kept);
        await ExpectNoMsgAsync(Moment);
    }
}

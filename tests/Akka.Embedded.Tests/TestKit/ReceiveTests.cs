using System.Collections;
using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using Xunit.Sdk;

namespace TestKitTests;

public sealed class ReceiveTests : TestKit
{
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(50);

    [Fact]
    public void ReceiveOne_gives_the_next_message_or_null()
    {
        TestActor.Tell("x");

        Assert.Equal("x", ReceiveOne());
        Assert.Equal("x", LastMessage);
        Assert.Null(ReceiveOne(TimeSpan.Zero));
        Assert.False(TryReceiveOne(out _, TimeSpan.Zero));
    }

    [Fact]
    public void ReceiveN_gives_that_many_or_fails_with_those_that_came()
    {
        Send("a", "b", "c");

        Assert.Equal(["a", "b"], ReceiveN(2));
        var error = Assert.ThrowsAny<XunitException>(() => ReceiveN(2, Moment));

        Assert.Contains($"expected 2 messages, but only 1 came within {Moment}: <c>", error.Message);
    }

    [Fact]
    public void FishForMessage_discards_other_messages()
    {
        Send("a", 1, 2, "b");
        var others = new ArrayList();

        Assert.Equal(2, FishForMessage<int>(i => i > 1, others));
        Assert.Equal(new ArrayList { "a", 1 }, others);
        Assert.Equal("b", FishForMessage(message => message is string));
    }

    [Fact]
    public void FishForMessage_fails_with_what_came_instead()
    {
        Send("a", "b");

        var error = Assert.ThrowsAny<XunitException>(() => FishForMessage<int>(_ => true, Moment));

        Assert.Contains($"but only others came within {Moment}: <a>, <b>", error.Message);
    }

    [Fact]
    public void ReceiveWhile_leaves_the_message_that_ended_it()
    {
        Send("a", "b", 1, "c");

        Assert.Equal(["a", "b"], ReceiveWhile<string>(TimeSpan.FromSeconds(3), message => message as string));
        Assert.Equal(1, ReceiveOne());
        Assert.Equal("c", ReceiveOne());
    }

    [Fact]
    public void ReceiveWhile_with_a_condition_skips_other_types_and_ends_after_enough()
    {
        Send(1, "a", 2, 3, 4);

        Assert.Equal([1, 2, 3], ReceiveWhile<int>(i => i < 9, msgs: 3));
        Assert.Equal(4, ReceiveOne());
    }

    [Fact]
    public void ReceiveWhile_ends_when_nothing_comes_for_the_idle_time()
    {
        Send(1);

        Assert.Equal([1], ReceiveWhile<int>(_ => true, TimeSpan.FromMinutes(5), Moment));
    }

    [Fact]
    public void Ignored_messages_are_discarded()
    {
        IgnoreMessages<int>(i => i > 1);
        Send(1, 2, "a");
        Assert.Equal([1, "a"], ReceiveN(2));

        IgnoreNoMessages();
        Send(2);
        ExpectMsg(2);
    }

    [Fact]
    public void The_test_actor_is_the_implicit_sender()
    {
        var probe = CreateTestProbe();

        probe.Ref.Tell("x");

        probe.ExpectMsgFrom(TestActor, "x");
    }

    [Fact]
    public async Task The_test_actor_is_the_implicit_sender_after_an_await()
    {
        var probe = CreateTestProbe();
        await Task.Run(() => { });
        await Task.Yield();

        probe.Ref.Tell("x");

        await probe.ExpectMsgFromAsync(TestActor, "x");
    }

    private void Send(params object[] messages)
    {
        foreach (var message in messages)
        {
            TestActor.Tell(message);
        }
    }
}

public sealed class NoImplicitSenderTests : TestKit, INoImplicitSender
{
    [Fact]
    public void A_test_with_INoImplicitSender_has_no_implicit_sender()
    {
        var probe = CreateTestProbe();

        probe.Ref.Tell("x");

        probe.ExpectMsg("x");
        Assert.Equal(Sys.DeadLetters, probe.Sender);
    }
}

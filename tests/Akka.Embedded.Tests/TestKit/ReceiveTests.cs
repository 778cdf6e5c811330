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

        probe.ExpectMsg<string>((_, sender) => sender.Equals(TestActor));
    }

    [Fact]
    public async Task The_test_actor_is_the_implicit_sender_after_an_await()
    {
        var probe = CreateTestProbe();
        await Task.Run(() => { });
        await Task.Yield();

        probe.Ref.Tell("x");

        await probe.ExpectMsgAsync<string>((_, sender) => sender.Equals(TestActor));
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

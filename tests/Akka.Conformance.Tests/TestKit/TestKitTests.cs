using Akka.Actor;
using Akka.TestKit;
using Xunit.Sdk;

namespace Akka.Conformance.Tests.TestKit;

public sealed class TestKitTests : Akka.TestKit.Xunit2.TestKit
{
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(20);

    [Fact]
    public void System_that_a_test_passes_in_ends_with_the_test()
    {
        using var system = ActorSystem.Create("passed-in");

        new Akka.TestKit.Xunit2.TestKit(system).Dispose();

        Assert.True(system.WhenTerminated.IsCompleted);
    }

    [Fact]
    public void Instance_of_an_ended_test_actor_is_refused()
    {
        var actor = ActorOfAsTestActorRef(() => new Silent());
        Assert.NotNull(actor.UnderlyingActor);
        Watch(actor);

        Sys.Stop(actor);
        ExpectTerminated(actor);

        Assert.Throws<IllegalActorStateException>(() => actor.UnderlyingActor);
    }

    [Fact]
    public void Test_actor_handles_a_message_before_the_send_returns()
    {
        var handled = new List<object>();
        var actor = ActorOfAsTestActorRef<Scripted>(Scripted.Props((_, message) => handled.Add(message)));

        actor.Tell("hello");

        Assert.Equal(["hello"], handled);
    }

    [Fact]
    public void Messages_that_are_ignored_are_not_received()
    {
        IgnoreMessages(message => message is int);
        TestActor.Tell(1);
        TestActor.Tell("text");
        ExpectMsg("text");

        IgnoreNoMessages();
        TestActor.Tell(2);

        ExpectMsg(2);
    }

    [Fact]
    public void Probe_is_equal_to_its_reference_and_can_be_watched_and_killed()
    {
        var probe = CreateTestProbe();
        Assert.True(probe.Equals(probe.Ref));
        Assert.True(probe.Ref.Equals(probe));
        Watch(probe);

        probe.Tell(PoisonPill.Instance);

        ExpectTerminated(probe);
    }

    [Fact]
    public void Probe_replies_and_forwards_in_its_own_or_the_senders_name()
    {
        var probe = CreateTestProbe();
        probe.Ref.Tell("question", TestActor);
        probe.ExpectMsg("question");

        probe.Reply("answer");
        probe.Forward(TestActor);

        ExpectMsg("answer");
        Assert.Equal(probe.Ref, LastSender);
        ExpectMsg("question");
        Assert.Equal(TestActor, LastSender);
    }

    [Fact]
    public void Auto_pilot_answers_each_message_until_it_ends()
    {
        var probe = CreateTestProbe();
        probe.SetAutoPilot(new DelegateAutoPilot((sender, message) =>
        {
            sender.Tell($"auto {message}");
            return message is "last" ? AutoPilot.NoAutoPilot : AutoPilot.KeepRunning;
        }));

        probe.Ref.Tell("first", TestActor);
        probe.Ref.Tell("last", TestActor);
        probe.Ref.Tell("after", TestActor);
        TestActor.Tell("end");

        ExpectMsg("auto first");
        ExpectMsg("auto last");
        ExpectMsg("end");
    }

    [Fact]
    public void ReceiveN_returns_the_messages_or_fails_with_too_few()
    {
        TestActor.Tell(1);
        TestActor.Tell(2);
        TestActor.Tell(3);

        Assert.Equal([1, 2], ReceiveN(2).Cast<int>());
        Assert.ThrowsAny<XunitException>(() => ReceiveN(2, Moment));
    }

    [Fact]
    public void FishForMessage_discards_what_does_not_match_and_fails_when_nothing_does()
    {
        TestActor.Tell("one");
        TestActor.Tell(2);
        TestActor.Tell("three");

        Assert.Equal(2, FishForMessage<int>(_ => true));
        Assert.ThrowsAny<XunitException>(() => FishForMessage<int>(_ => true, Moment));
    }

    [Fact]
    public void ExpectMsgAllOf_takes_the_messages_in_any_order_and_no_others()
    {
        TestActor.Tell("b");
        TestActor.Tell("a");
        Assert.Equal(["b", "a"], ExpectMsgAllOf("a", "b").Order().Reverse());

        TestActor.Tell("c");
        TestActor.Tell("a");
        Assert.ThrowsAny<XunitException>(() => ExpectMsgAllOf(Moment, ["a", "b"]));
    }

    [Fact]
    public void Expectation_of_another_type_or_value_fails()
    {
        TestActor.Tell("text");
        Assert.ThrowsAny<XunitException>(() => ExpectMsg<int>());
        TestActor.Tell("text");
        Assert.ThrowsAny<XunitException>(() => ExpectMsg("other"));
        TestActor.Tell("text");
        Assert.ThrowsAny<XunitException>(() => ExpectNoMsg(Moment));
        Assert.ThrowsAny<XunitException>(() => ExpectMsg<string>(Moment));
    }

    [Fact]
    public void Block_that_ends_too_early_or_too_late_fails()
    {
        Assert.ThrowsAny<XunitException>(() => Within(TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(2), () => { }));
        Assert.ThrowsAny<XunitException>(() => Within(Moment, () => ExpectMsg<string>()));
        Assert.Equal(7, Within(TimeSpan.FromMinutes(1), () => 7));
    }

    [Fact]
    public void Condition_and_assertion_are_tried_until_they_hold_or_fail()
    {
        var tries = 0;

        AwaitCondition(() => ++tries > 2);
        AwaitAssert(() => Assert.True(++tries > 5));

        Assert.Equal(6, tries);
        Assert.ThrowsAny<XunitException>(() => AwaitCondition(() => false, Moment));
        Assert.ThrowsAny<XunitException>(() => AwaitAssert(() => Assert.Fail("never"), Moment));
    }

    [Fact]
    public void Test_actor_is_the_sender_of_a_tests_messages()
    {
        var actor = Sys.ActorOf(Scripted.Props((context, _) => context.Sender.Tell("heard")));

        actor.Tell("hello");

        ExpectMsg("heard");
    }
}

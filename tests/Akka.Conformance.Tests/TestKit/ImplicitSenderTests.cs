using Akka.Actor;
using Akka.TestKit;

namespace Akka.Conformance.Tests.TestKit;

public sealed class ImplicitSenderTests : Akka.TestKit.Xunit2.TestKit
{
    [Fact]
    public void Test_actor_stays_the_implicit_sender_when_probes_and_test_actors_are_made()
    {
        CreateTestProbe();
        CreateTestActor("other");

        TestActor.Tell("message");

        ExpectMsg("message");
        Assert.Equal(TestActor, LastSender);
    }
}

public sealed class NoImplicitSenderTests : Akka.TestKit.Xunit2.TestKit, INoImplicitSender
{
    [Fact]
    public void Messages_of_a_test_have_no_sender_when_its_class_asks_for_none()
    {
        var observer = TestActor;
        var actor = Sys.ActorOf(Scripted.Props((context, _) => observer.Tell(context.Sender)));

        actor.Tell("message");

        ExpectMsg(Sys.DeadLetters);
    }
}

using Akka.Actor;
using Akka.TestKit.Xunit2;

namespace TestKitTests;

public sealed class TestActorRefTests : TestKit
{
    [Fact]
    public void A_message_is_handled_before_the_send_returns_and_on_its_thread()
    {
        var actor = ActorOfAsTestActorRef(() => new Counter(5), "counter");

        actor.Tell(2);

        Assert.Equal(7, actor.UnderlyingActor.Sum);
        Assert.Equal(Environment.CurrentManagedThreadId, actor.UnderlyingActor.ThreadId);
        Assert.Equal("akka://test/user/counter", actor.Path.ToString());
    }

    [Fact]
    public void The_ref_equals_the_actors_own_and_can_stand_for_it()
    {
        var actor = ActorOfAsTestActorRef(() => new Counter(0));

        Assert.True(actor == actor.UnderlyingActor.OwnRef);
        Assert.True(actor.UnderlyingActor.OwnRef.Equals(actor));
        Watch(actor);
        Sys.Stop(actor);
        ExpectTerminated(actor);
        Assert.Throws<IllegalActorStateException>(() => actor.UnderlyingActor);
    }

    [Fact]
    public void The_given_supervisor_is_the_parent()
    {
        var parent = ActorOfAsTestActorRef(() => new Counter(0), "parent");

        var child = ActorOfAsTestActorRef(() => new Counter(0), parent, "child");

        Assert.Equal(parent.Path / "child", child.Path);
    }

    private sealed class Counter : ReceiveActor
    {
        public Counter(int start)
        {
            Sum = start;
            OwnRef = Self;
            Receive<int>(i =>
            {
                Sum += i;
                ThreadId = Environment.CurrentManagedThreadId;
            });
        }

        public int Sum { get; private set; }

        public int ThreadId { get; private set; }

        public IActorRef OwnRef { get; }
    }
}

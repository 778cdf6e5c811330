using Akka.Actor;

namespace Akka.Conformance.Tests.Actor;

public sealed class StashTests : Akka.TestKit.Xunit2.TestKit
{
    [Fact]
    public void Stashed_Terminated_is_delivered_after_unstash()
    {
        var watched = Sys.ActorOf(Silent.Props);
        var actor = Sys.ActorOf(Props.Create(() => new StashesTerminated(TestActor, watched)));
        Sys.Stop(watched);
        ExpectMsg("stashed");

        actor.Tell("unstash");

        ExpectMsg(watched);
    }

    private sealed class StashesTerminated : ReceiveActor, IWithUnboundedStash
    {
        public StashesTerminated(IActorRef observer, IActorRef watched)
        {
            Context.Watch(watched);
            Receive<Terminated>(_ =>
            {
                Stash.Stash();
                observer.Tell("stashed");
            });
            Receive<string>(_ =>
            {
                Become(() => Receive<Terminated>(terminated => observer.Tell(terminated.ActorRef)));
                Stash.UnstashAll();
            });
        }

        public IStash Stash { get; set; } = null!; // Justification: set before the first message.
    }
}

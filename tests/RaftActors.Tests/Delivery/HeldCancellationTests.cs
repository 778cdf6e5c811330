namespace RaftActors.Tests.Delivery;

/// <summary>A restart while the actor holds the cancellation of an Append.</summary>
public sealed class HeldCancellationTests : TestKit
{
    private static readonly RaftFailure Busy = RaftFailure.NotDone(FailureReason.Busy, "The test says so.");

    private readonly TestProbe _asked;
    private readonly TestProbe _watcher;
    private readonly ScriptedGroup<string> _group;

    public HeldCancellationTests()
    {
        _asked = CreateTestProbe("asked");
        _watcher = CreateTestProbe("watcher");
        _group = new ScriptedGroup<string>(Sys, _asked);
    }

    // The supervisor resumes the actor twice, so that the cancellation waits behind HandleLeader, and then restarts it.
    [Fact]
    public void Cancellation_that_a_resumed_actor_holds_reaches_the_next_life_when_the_actor_is_restarted()
    {
        var parent = Sys.ActorOf(Props.Create(() => new Parent()));
        parent.Tell(Props.Create(() => new Failing(_watcher)));
        var actor = _watcher.ExpectMsg<IActorRef>();
        actor.Tell("append", TestActor);
        var append = _asked.ExpectMsg<FromActor<string>.Append>();
        var self = new ProcessName("raft1@node1@scripted");

        actor.Tell(new object[]
        {
            new ToActor.LeaderIs(1, new Leader(_group.Peers[0], null, 1, Serial.Zero, isSelf: false, isReady: true)),
            new ToActor.QuorumIs(1, new Quorum([self, .. _group.Peers], isMember: true)),
            new ToActor.Cancelled(ToActor.AnyLife, append.Request, Busy),
            new RestartException(),
        });

        ExpectMsg(Busy.ToOutcome<object?>(append.Request));
        _watcher.ExpectMsg(actor);
        _watcher.ExpectMsg(append.Request);
    }

    private sealed class Failing : RaftActor<string>
    {
        private readonly IActorRef _watcher;

        public Failing(IActorRef watcher)
        {
            _watcher = watcher;
            Receive<string>(_ => Group.Append("key", "value", replyTo: Sender));
            Receive<object[]>(messages => Array.ForEach(messages, message => Self.Tell(message)));
            Receive<RestartException>(failure => throw failure);
        }

        protected override void PreStart() => _watcher.Tell(Self);

        protected override void HandleQuorum(Quorum? quorum) => throw new ResumeException();

        protected override void HandleLeader(RaftActors.Leader? leader) => throw new ResumeException();

        protected override object? HandleAppend(Entry<string> entry) => null;

        protected override void HandleCancel(CanceledCall call) => _watcher.Tell(call.Request);
    }

    private sealed class Parent : UntypedActor
    {
        protected override SupervisorStrategy SupervisorStrategy() =>
            new OneForOneStrategy(cause => cause is ResumeException ? Directive.Resume : Directive.Restart);

        protected override void OnReceive(object message) => Context.ActorOf((Props)message);
    }

    private sealed class ResumeException : Exception;

    private sealed class RestartException : Exception;
}

namespace RaftActors.Tests.Delivery;

/// <summary>An actor with many pairs to take: its other messages get their turn, and the engine's messages keep their order.</summary>
public sealed class DeliveryTurnTests : TestKit
{
    private const int Pairs = 10 * DeliveryTurns.LengthMax;

    private readonly TestProbe _watcher;
    private readonly TestProbe _asked;
    private readonly ScriptedGroup<string> _group;

    public DeliveryTurnTests()
    {
        _watcher = CreateTestProbe("watcher");
        _asked = CreateTestProbe("asked");
        _group = new ScriptedGroup<string>(Sys, _asked, [.. Recorder.Pairs(Pairs)]);
    }

    // The actor asks itself between its pairs how many it has.
    [Fact]
    public void Other_messages_are_handled_between_the_pairs_of_a_long_log()
    {
        Sys.ActorOf(Props.Create(() => new Counter(_watcher)));
        _group.BuildQuorum(withActor: false);

        var seen = Enumerable.Range(0, 9).Select(_ => _watcher.ExpectMsg<long>()).ToArray();

        Assert.All(seen.Zip(seen.Skip(1)), each => Assert.InRange(each.Second - each.First, 1, DeliveryTurns.LengthMax));
    }

    [Fact]
    public void Proposal_and_get_of_another_process_wait_for_the_pairs_that_were_committed_before_them()
    {
        Sys.ActorOf(Props.Create(() => new Validator(_watcher)));
        _group.BuildQuorum(withActor: false);
        _ = _group.ProposeAsync("key", "value");
        _ = _group.AskAsync(new Serial(1));

        _watcher.ExpectMsg($"validate at {Pairs}");
        _watcher.ExpectMsg($"serve at {Pairs}");
    }

    [Fact]
    public void Own_appends_of_a_long_log_end_in_order_with_their_results()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Recorder(_watcher, new RaftOptions<string> { LastSerial = new Serial(Pairs) })));
        for (var i = 0; i < Pairs; i++)
        {
            actor.Tell(new Recorder.Append("key", new string('x', i)), TestActor);
        }

        var appends = _asked.ReceiveN(Pairs).Cast<FromActor<string>.Append>().ToArray();
        foreach (var append in appends)
        {
            _group.Commit(append);
        }

        _group.BuildQuorum(withActor: false);

        for (var i = 0; i < Pairs; i++)
        {
            ExpectMsg(new Outcome<int> { Serial = new Serial(Pairs + i + 1), Result = i, Request = appends[i].Request });
        }
    }

    // Both pairs that follow the poison are in the same turn; no message but the actor's own comes after it.
    [Fact]
    public void Actor_that_is_resumed_in_a_turn_goes_on_with_it()
    {
        var parent = Sys.ActorOf(Props.Create(() => new ResumingParent()));
        parent.Tell(Props.Create(() => new Recorder(_watcher, new RaftOptions<string> { LastSerial = new Serial(Pairs) })));
        _group.Commit("poison", "");
        for (var serial = 0; serial < Pairs; serial++)
        {
            _group.Commit("key", "value");
        }

        _group.BuildQuorum(withActor: false);

        _watcher.FishForMessage<string>(what => what == $"append {(2 * Pairs) + 1} key=value");
    }

    // The cancellation waits behind the proposal, which waits behind the pairs that are due; then the actor is restarted.
    [Fact]
    public void Cancellation_that_waits_for_its_turn_reaches_the_next_life()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Poisoned(_watcher)));
        actor.Tell("append", TestActor);
        var append = _asked.ExpectMsg<FromActor<string>.Append>();
        actor.Tell(new object[]
        {
            new ToActor.QuorumIs(1, new Quorum([.. _group.Peers], isMember: false)),
            new ToActor.Cancelled(ToActor.AnyLife, append.Request, RaftFailure.Unknown(FailureReason.TimedOut)),
            new InvalidOperationException("a restart"),
        });

        ExpectMsg(RaftFailure.Unknown(FailureReason.TimedOut).ToOutcome<object?>(append.Request));
        _watcher.ExpectMsg(append.Request);
    }

    private sealed class Counter : RaftActor<string>
    {
        private readonly IActorRef _watcher;

        public Counter(IActorRef watcher)
        {
            _watcher = watcher;
            Receive<string>(_ =>
            {
                _watcher.Tell(Group.Serial.Value);
                Self.Tell("next");
            });
        }

        protected override object? HandleAppend(Entry<string> entry)
        {
            if (entry.Serial.Value == 1)
            {
                Self.Tell("first");
            }

            return null;
        }
    }

    private sealed class Validator(IActorRef watcher) : RaftActor<string>
    {
        protected override object? HandleAppend(Entry<string> entry) => null;

        protected override string? HandleProposal(Proposal<string> proposal)
        {
            watcher.Tell($"validate at {Group.Serial}");
            return null;
        }

        protected override Entry<string>? HandleGet(Serial serial)
        {
            watcher.Tell($"serve at {Group.Serial}");
            return null;
        }
    }

    private sealed class Poisoned : RaftActor<string>
    {
        private readonly IActorRef _watcher;

        public Poisoned(IActorRef watcher)
        {
            _watcher = watcher;
            Receive<string>(_ => Group.Append("key", "value", replyTo: Sender));
            Receive<object[]>(messages => Array.ForEach(messages, message => Self.Tell(message)));
            Receive<Exception>(failure => throw failure);
        }

        protected override object? HandleAppend(Entry<string> entry) => null;

        protected override void HandleCancel(CanceledCall call) => _watcher.Tell(call.Request);
    }

    private sealed class ResumingParent : UntypedActor
    {
        protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Resume);

        protected override void OnReceive(object message) => Context.ActorOf((Props)message);
    }
}

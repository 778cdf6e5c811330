using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;

using RaftActors.Core;
using RaftActors.Engine;
using RaftActors.Testing;

namespace RaftActors.Tests;

/// <summary>The actor's supervisor, behaviours and stash work as in any actor.</summary>
public sealed class RaftActorTests : TestKit
{
    private readonly TestProbe _asked;
    private readonly TestProbe _watcher;
    private readonly ScriptedGroup<string> _group;

    public RaftActorTests()
    {
        _asked = CreateTestProbe("asked");
        _watcher = CreateTestProbe("watcher");
        _group = new ScriptedGroup<string>(Sys, _asked, [.. Recorder.Pairs(2)]);
    }

    [Fact]
    public void Preloaded_pairs_are_not_delivered()
    {
        Start(new RaftOptions<string> { Preload = Recorder.Pairs(1) });
        _group.BuildQuorum(withActor: false);

        Expect("started", "quorum of 2, learner", "append 2 key2=value2");
    }

    [Fact]
    public void Actor_with_a_store_of_its_own_gets_the_pairs_after_LastSerial()
    {
        Start(new RaftOptions<string> { LastSerial = new Serial(2) });
        _group.BuildQuorum(withActor: false);
        _group.Commit("key3", "value3");

        Expect("started", "quorum of 2, learner", "append 3 key3=value3");
    }

    [Fact]
    public void Messages_to_another_life_do_not_reach_this_one()
    {
        var actor = Start(new RaftOptions<string> { LastSerial = new Serial(2) });
        Expect("started");

        actor.Tell(new ToActor.QuorumIs(99, new Quorum([_group.Peers[0]], IsMember: true)));
        _group.BuildQuorum(withActor: false);

        Expect("quorum of 2, learner");
    }

    [Fact]
    public void Restarted_actor_gets_all_news_and_pairs_again()
    {
        var actor = Start(new RaftOptions<string> { LastSerial = new Serial(2) });
        _group.BuildQuorum(withActor: false);
        _group.Commit("poison", "");
        _group.Commit("key4", "value4");

        // Each new life fails as the old one did, until HandleAppend accepts the pair.
        Expect("started", "quorum of 2, learner", "append 3 poison=");
        Expect("started", "quorum of 2, learner", "append 3 poison=");
        Watch(actor);
        Sys.Stop(actor);
        ExpectTerminated(actor);
    }

    [Fact]
    public void Resumed_actor_continues_with_the_next_pair()
    {
        var parent = Sys.ActorOf(Props.Create(() => new ResumingParent()));
        parent.Tell(Props.Create(() => new Recorder(_watcher, new RaftOptions<string> { LastSerial = new Serial(2) })));
        _group.BuildQuorum(withActor: false);
        _group.Commit("poison", "");
        _group.Commit("key4", "value4");

        Expect("started", "quorum of 2, learner", "append 3 poison=", "append 4 key4=value4");
    }

    // Both pairs wait for the answer to a Get, and nothing else comes after it.
    [Fact]
    public void Resumed_actor_gets_the_pairs_behind_the_one_it_failed_in()
    {
        var parent = Sys.ActorOf(Props.Create(() => new ResumingParent()));
        parent.Tell(Props.Create(() => new Recorder(_watcher, new RaftOptions<string> { LastSerial = new Serial(1) })));
        _group.BuildQuorum(withActor: true);
        _group.ElectPeer();
        var get = _asked.ExpectMsg<FromActor<string>.Get>();
        _group.Commit("poison", "");
        _group.Commit("key4", "value4");

        _group.Answer(get);

        _watcher.FishForMessage<string>(what => what == "append 3 poison=");
        Expect("append 4 key4=value4");
    }

    [Fact]
    public void Proposal_whose_handler_fails_is_discarded()
    {
        Start();
        _group.Propose("key", "broken");

        Assert.NotNull(_asked.ExpectMsg<FromActor<string>.Judged>().Verdict.Reason);
    }

    [Fact]
    public void Append_made_by_an_earlier_life_ends_in_the_present_one()
    {
        var actor = Start();
        actor.Tell(new Recorder.Append("key", "abc"), TestActor);
        actor.Tell(new InvalidOperationException("a restart"));
        var append = _asked.ExpectMsg<FromActor<string>.Append>();
        Expect("started", "started");

        _group.Cancel(append.Request, new CancelReason.Unknown(UnknownReason.TimedOut));

        Expect("cancel Unknown { Reason = TimedOut }");
        ExpectMsg(new Outcome<int>.Unknown(UnknownReason.TimedOut, append.Request));
    }

    [Fact]
    public void Asker_of_an_append_gets_the_result_of_HandleAppend_once()
    {
        var actor = Start();
        _group.BuildQuorum(withActor: false);
        actor.Tell(new Recorder.Append("key", "abc"), TestActor);
        var append = _asked.ExpectMsg<FromActor<string>.Append>();
        _group.Commit(append);

        ExpectMsg(new Outcome<int>.Done(new Serial(3), 3, append.Request));
        actor.Tell(new InvalidOperationException("a restart that replays the pair"));
        _watcher.FishForMessage<string>(what => what == "started");
        _watcher.FishForMessage<string>(what => what == "started");
        _watcher.FishForMessage<string>(what => what == "append 3 key=abc own");
        ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void Repeat_in_a_scripted_group_is_not_committed_again_and_ends_as_the_first_call_did()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Counting(_watcher.Ref, new RaftOptions<string>())));
        _group.BuildQuorum(withActor: false);
        var append = new Recorder.Append("key", "value", RequestKey: "order 7");
        actor.Tell(append, TestActor);
        var first = _asked.ExpectMsg<FromActor<string>.Append>();
        Assert.Equal(new Serial(3), _group.Commit(first));
        ExpectMsg(new Outcome<int>.Done(new Serial(3), 3, first.Request));

        _group.TakeSnapshot();
        Assert.Equal(3, _asked.ExpectMsg<FromActor<string>.Snapshot>().State);
        actor.Tell(new InvalidOperationException("a restart"));
        actor.Tell(append, TestActor);
        var second = _asked.ExpectMsg<FromActor<string>.Append>();
        Assert.Equal(new Serial(3), _group.Commit(second));
        ExpectMsg(new Outcome<int>.Done(new Serial(3), 3, second.Request));
        Assert.Equal(new Serial(4), _group.Commit("key", "value"));
        Expect("started", "count 1", "count 2", "count 3", "take 3", "started", "restore 3", "count 4");
    }

    [Fact]
    public void Repeat_gets_the_result_as_HandleAppend_returned_it_although_the_object_has_changed()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Collector()));
        _group.BuildQuorum(withActor: false);
        foreach (var text in new[] { "a", "b", "a" })
        {
            actor.Tell(new Recorder.Append("key", text, RequestKey: text), TestActor);
            _group.Commit(_asked.ExpectMsg<FromActor<string>.Append>());
        }

        var outcomes = ReceiveN(3).Cast<Outcome<List<string>>.Done>().Select(done => string.Join(' ', done.ResultOr([])));
        Assert.Equal("value1 value2 a", outcomes.Last());
    }

    [Fact]
    public void Append_may_be_called_before_the_engine_has_attached_the_actor()
    {
        Sys.ActorOf(Props.Create(() => new Hasty()));

        Assert.Equal("constructor", _asked.ExpectMsg<FromActor<string>.Append>().Key);
        Assert.Equal("PreStart", _asked.ExpectMsg<FromActor<string>.Append>().Key);
    }

    [Fact]
    public void Actor_that_is_far_behind_asks_for_a_window_of_pairs_at_a_time()
    {
        for (var serial = 3; serial <= 300; serial++)
        {
            _group.Commit($"key{serial}", $"value{serial}");
        }

        Start();
        _group.Found();
        var asked = _asked.ReceiveN(256).Cast<FromActor<string>.Get>().ToArray();
        _asked.ExpectNoMsg(TimeSpan.Zero);
        Assert.Equal(Enumerable.Range(1, 256).Select(n => new Serial(n)), asked.Select(get => get.Serial));
        Expect("started", "quorum of 3, member", "led by raft2 at 300", "missing 1 .. 300");

        _group.Answer(asked[0]);
        Expect("serial 1 key1=value1");
        var next = _asked.ExpectMsg<FromActor<string>.Get>();
        Assert.Equal(new Serial(257), next.Serial);

        // A pair whose Get fails is delivered by HandleAppend, and the window moves on.
        _group.Cancel(asked[1].Request, new CancelReason.Unavailable());
        Expect("cancel Unavailable { }", "append 2 key2=value2");
        Assert.Equal(new Serial(258), _asked.ExpectMsg<FromActor<string>.Get>().Serial);
    }

    [Fact]
    public void Raft_messages_reach_neither_receive_nor_stash()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Stasher(_watcher)));
        actor.Tell("early");
        _group.BuildQuorum(withActor: false);
        _group.Commit("key3", "value3");
        Expect("append 1", "append 2", "append 3");

        actor.Tell("open");
        actor.Tell("late");
        Expect("early", "late");
    }

    [Fact]
    public void Two_living_actors_cannot_be_one_process()
    {
        var options = new RaftOptions<string> { Name = "raft1" };
        Start(options);
        Expect("started");

        EventFilter.Exception<ActorInitializationException>().ExpectOne(() => Start(options));
        ExpectNothing();
    }

    [Fact]
    public void Process_name_of_a_stopped_actor_is_free_again()
    {
        var options = new RaftOptions<string> { Name = "raft1", LastSerial = new Serial(2) };
        var actor = Start(options);
        Watch(actor);
        Sys.Stop(actor);
        ExpectTerminated(actor);

        Start(options);

        Expect("started", "started");
    }

    [Fact]
    public void Append_that_FindFault_refuses_never_reaches_the_engine()
    {
        var actor = Start(new RaftOptions<string>
        {
            FindFault = (key, value) => value switch
            {
                "bad" => $"{key} is bad",
                "broken" => throw new InvalidOperationException("no check"),
                _ => null,
            },
        });
        actor.Tell(new Recorder.Append("key", "bad"), TestActor);
        var refused = ExpectMsg<Outcome<int>.NotCommitted>();
        actor.Tell(new Recorder.Append("key", "broken"), TestActor);
        var broken = ExpectMsg<Outcome<int>.NotCommitted>();
        actor.Tell(new Recorder.Append("key", "good"), TestActor);

        Assert.Equal((NotCommittedReason.Invalid, "key is bad"), (refused.Reason, refused.Detail));
        Assert.Equal((NotCommittedReason.Invalid, "FindFault threw InvalidOperationException: no check"), (broken.Reason, broken.Detail));
        Assert.Equal("good", _asked.ExpectMsg<FromActor<string>.Append>().Value);
        Expect(
            "started",
            $"cancel {new CancelReason.NotCommitted(refused.Reason, refused.Detail)}",
            $"cancel {new CancelReason.NotCommitted(broken.Reason, broken.Detail)}");
    }

    [Fact]
    public void Asker_of_a_change_gets_its_outcome()
    {
        var actor = Start();
        var name = _group.Peers[0];
        actor.Tell(new Recorder.Transfer(name), TestActor);
        actor.Tell(new Recorder.Join(name), TestActor);
        actor.Tell(new Recorder.Leave(name), TestActor);
        var transfer = _asked.ExpectMsg<FromActor<string>.TransferLeadership>(asked => Assert.Equal(name, asked.To));
        var join = _asked.ExpectMsg<FromActor<string>.Join>(asked => Assert.Equal(name, asked.Name));
        var leave = _asked.ExpectMsg<FromActor<string>.Leave>(asked => Assert.Equal(name, asked.Name));

        _group.End(Outcome<Membership>.Done.WithoutResult(default, transfer.Request));
        _group.End(new Outcome<Membership>.NotCommitted(NotCommittedReason.Invalid, "it is in the group", join.Request));
        _group.End(new Outcome<Membership>.Unknown(UnknownReason.TimedOut, leave.Request));

        ExpectMsg(Outcome<Membership>.Done.WithoutResult(default, transfer.Request));
        ExpectMsg(new Outcome<Membership>.NotCommitted(NotCommittedReason.Invalid, "it is in the group", join.Request));
        ExpectMsg(new Outcome<Membership>.Unknown(UnknownReason.TimedOut, leave.Request));
    }

    [Fact]
    public void Status_is_one_line()
    {
        var actor = Start();
        _group.Meet(_group.Peers[0], new Serial(2));
        _group.BuildQuorum(withActor: false);
        _watcher.FishForMessage<string>(what => what == "append 2 key2=value2");

        actor.Tell(new Recorder.GetStatus(), TestActor);

        Assert.EndsWith("of default: serial 2, committed 2, learner of a quorum of 2, 1 peers", ExpectMsg<RaftStatus>().ToString());
    }

    [Fact]
    public void HandlePeer_is_called_when_the_actor_or_the_reachability_of_a_process_changes()
    {
        Sys.ActorOf(Props.Create(() => new PeerRecorder(TestActor)));
        var name = _group.Peers[0];
        _group.Meet(name, new Serial(2));
        _group.SetActor(name, TestActor);
        _group.SetReachable(name, isReachable: false);
        _group.SetReachable(name, isReachable: false);
        _group.SetActor(name, null);

        ExpectMsg(new Peer(name, null, new Serial(2), IsReachable: true));
        ExpectMsg(new Peer(name, TestActor, new Serial(2), IsReachable: true));
        ExpectMsg(new Peer(name, TestActor, new Serial(2), IsReachable: false));
        ExpectMsg(new Peer(name, null, new Serial(2), IsReachable: false));
    }

    private IActorRef Start(RaftOptions<string>? options = null) => Sys.ActorOf(Props.Create(() => new Recorder(_watcher, options)));

    private void Expect(params string[] expected)
    {
        foreach (var what in expected)
        {
            _watcher.ExpectMsg(what);
        }
    }

    private void ExpectNothing() => _watcher.ExpectNoMsg(TimeSpan.Zero);

    private sealed class ResumingParent : UntypedActor
    {
        protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Resume);

        protected override void OnReceive(object message) => Context.ActorOf((Props)message);
    }

    // Its result is the object that is its state.
    private sealed class Collector : RaftActor<string, List<string>>
    {
        private readonly List<string> _values = [];

        public Collector() =>
            Receive<Recorder.Append>(append => Raft.Append(append.Key, append.Value, replyTo: Sender, requestKey: append.RequestKey));

        protected override RaftCodec<List<string>> ResultCodec { get; } = RaftCodec.Json<List<string>>();

        protected override List<string> HandleAppend(Entry<string> entry)
        {
            _values.Add(entry.Value);
            return _values;
        }
    }

    private sealed class Hasty : RaftActor<string>
    {
        public Hasty() => Raft.Append("constructor", "");

        protected override void PreStart() => Raft.Append("PreStart", "");

        protected override object? HandleAppend(Entry<string> entry) => null;
    }

    private sealed class Stasher : RaftActor<string>, IWithStash
    {
        private readonly IActorRef _watcher;

        public Stasher(IActorRef watcher)
        {
            _watcher = watcher;
            Closed();
        }

        public IStash Stash { get; set; } = null!; // Justification: Akka sets it before the actor starts.

        protected override object? HandleAppend(Entry<string> entry)
        {
            _watcher.Tell($"append {entry.Serial}");
            return null;
        }

        private void Closed()
        {
            Receive<string>(word => word == "open", _ =>
            {
                Become(() => ReceiveAny(_watcher.Tell));
                Stash.UnstashAll();
            });
            ReceiveAny(_ => Stash.Stash());
        }
    }

    private sealed class PeerRecorder(IActorRef watcher) : RaftActor<string>
    {
        protected override object? HandleAppend(Entry<string> entry) => null;

        protected override void HandlePeer(Peer peer) => watcher.Tell(peer);
    }
}

namespace RaftActors.Tests.Actors;

/// <summary>The actor's supervisor, behaviours and stash work as in any actor.</summary>
public sealed class RaftActorTests : ScriptedActorTest
{
    [Fact]
    public void Preloaded_pairs_are_not_delivered()
    {
        Start(new RaftOptions<string> { Preload = Recorder.Pairs(1) });
        Group.BuildQuorum(withActor: false);

        Expect("started", "quorum of 2, learner", "append 2 key2=value2");
    }

    [Fact]
    public void Repeat_in_a_scripted_group_is_not_committed_again_and_ends_as_the_first_call_did()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Counting(Watcher.Ref, new RaftOptions<string>())));
        Group.BuildQuorum(withActor: false);
        var append = new Recorder.Append("key", "value", RequestKey: "order 7");
        actor.Tell(append, TestActor);
        var first = Asked.ExpectMsg<FromActor<string>.Append>();
        Assert.Equal(new Serial(3), Group.Commit(first));
        ExpectMsg(new Outcome<int> { Serial = new Serial(3), Result = 3, Request = first.Request });

        Group.TakeSnapshot();
        Assert.Equal(3, Asked.ExpectMsg<FromActor<string>.Snapshot>().State);
        actor.Tell(new InvalidOperationException("a restart"));
        actor.Tell(append, TestActor);
        var second = Asked.ExpectMsg<FromActor<string>.Append>();
        Assert.Equal(new Serial(3), Group.Commit(second));
        ExpectMsg(new Outcome<int> { Serial = new Serial(3), Result = 3, Request = second.Request });
        Assert.Equal(new Serial(4), Group.Commit("key", "value"));
        Expect("started", "count 1", "count 2", "count 3", "take 3", "started", "restore 3", "count 4");
    }

    [Fact]
    public void Repeat_gets_the_result_as_HandleAppend_returned_it_although_the_object_has_changed()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Collector()));
        Group.BuildQuorum(withActor: false);
        foreach (var text in new[] { "a", "b", "a" })
        {
            actor.Tell(new Recorder.Append("key", text, RequestKey: text), TestActor);
            Group.Commit(Asked.ExpectMsg<FromActor<string>.Append>());
        }

        var outcomes = ReceiveN(3).Cast<Outcome<List<string>>>().Select(done => string.Join(' ', done.ResultOr([])));
        Assert.Equal("value1 value2 a", outcomes.Last());
    }

    [Theory]
    [InlineData("append")]
    [InlineData("query")]
    [InlineData("get")]
    public void Call_in_HandleAppend_throws_with_the_cause_and_the_remedy(string call)
    {
        Sys.ActorOf(Props.Create(() => new Misplaced(Watcher)));
        Group.BuildQuorum(withActor: false);
        Group.Commit("key", call);

        var problem = Watcher.FishForMessage<string>(what => what.StartsWith("InvalidOperationException", StringComparison.Ordinal));

        Assert.Contains("was called in HandleAppend of ", problem);
        Assert.Contains("Call it in a message handler", problem);
        Asked.ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void Call_in_RestoreSnapshot_throws_and_one_of_a_view_or_for_a_snapshot_does_not()
    {
        Sys.ActorOf(Props.Create(() => new Misplaced(Watcher)));
        Group.BuildQuorum(withActor: false);
        Group.Commit("key", "allowed");
        Expect("3 allowed True");

        Group.SendSnapshot(new Serial(9), 0);

        Watcher.FishForMessage<string>(what => what.Contains("Append was called in RestoreSnapshot"));
    }

    [Fact]
    public void Call_in_HandleUpgrade_TakeSnapshot_or_HandleDigest_throws_too()
    {
        Sys.ActorOf(Props.Create(() => new Misplaced(Watcher)));
        Group.BuildQuorum(withActor: false);
        Group.Upgrade(2);
        Group.Commit("key", "none");
        Assert.Contains("Append was called in HandleUpgrade", Watcher.FishForMessage<string>(_ => true));

        Group.TakeSnapshot();
        Assert.Contains("Append was called in TakeSnapshot", Watcher.FishForMessage<string>(what => !what.Contains("HandleDigest")));

        for (var serial = 4; serial <= 4096; serial++)
        {
            Group.Commit("key", "none");
        }

        Watcher.FishForMessage<string>(what => what.Contains("Append was called in HandleDigest"));
    }

    [Fact]
    public async Task Call_on_another_thread_throws_with_the_cause_and_the_remedy()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Misplaced(Watcher)));
        Group.BuildQuorum(withActor: false);
        var leaked = await actor.Ask<RaftContext<string, int>>("leak");

        Assert.Contains("outside of its actor", Assert.Throws<InvalidOperationException>(() => leaked.Append("key", "value")).Message);
        Assert.Throws<InvalidOperationException>(() => leaked.TakeSnapshot());
        Asked.ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void Call_after_an_await_in_the_actor_is_one_of_the_actor()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Misplaced(Watcher)));
        Group.BuildQuorum(withActor: false);

        actor.Tell("await");

        Assert.Equal("awaited", Asked.ExpectMsg<FromActor<string>.Append>().Key);
    }

    [Fact]
    public void Actor_that_is_far_behind_asks_for_a_window_of_pairs_at_a_time()
    {
        for (var serial = 3; serial <= 300; serial++)
        {
            Group.Commit($"key{serial}", $"value{serial}");
        }

        Start();
        Group.Found();
        var asked = Asked.ReceiveN(256).Cast<FromActor<string>.Get>().ToArray();
        Asked.ExpectNoMsg(TimeSpan.Zero);
        Assert.Equal(Enumerable.Range(1, 256).Select(n => new Serial(n)), asked.Select(get => get.Serial));
        Expect("started", "quorum of 3, member", "led by raft2 at 300", "missing 1 .. 300");

        Group.Answer(asked[0]);
        Expect("serial 1 key1=value1");
        var next = Asked.ExpectMsg<FromActor<string>.Get>();
        Assert.Equal(new Serial(257), next.Serial);

        // A pair whose Get fails is delivered by HandleAppend, and the window moves on.
        Group.Cancel(asked[1].Request, OpenQueries.Late);
        Expect($"cancel {OpenQueries.Late}", "append 2 key2=value2");
        Assert.Equal(new Serial(258), Asked.ExpectMsg<FromActor<string>.Get>().Serial);
    }

    [Fact]
    public void Member_that_overrides_no_callback_of_missing_pairs_fetches_nothing()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Plain(Watcher)));
        Group.Found();
        Expect("append 1", "append 2");

        actor.Tell(new Recorder.Get(new Serial(2)), TestActor);

        Assert.Contains("overrides neither HandleMissing nor HandleSerial", ExpectMsg<string>());
        Asked.ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void Member_that_overrides_HandleMissing_alone_gets_the_pairs_that_it_fetches_by_HandleAppend()
    {
        Sys.ActorOf(Props.Create(() => new Fetching(Watcher)));
        Group.Found();
        Expect("missing 1 .. 2");

        var gets = Asked.ReceiveN(2).Cast<FromActor<string>.Get>().ToArray();
        Group.Answer(gets[1]);
        Group.Answer(gets[0]);

        Expect("append 1", "append 2");
    }

    [Fact]
    public void Raft_messages_reach_neither_receive_nor_stash()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Stasher(Watcher)));
        actor.Tell("early");
        Group.BuildQuorum(withActor: false);
        Group.Commit("key3", "value3");
        Expect("append 1", "append 2", "append 3");

        actor.Tell("open");
        actor.Tell("late");
        Expect("early", "late");
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
        var refused = ExpectMsg<Outcome<int>>().NotDone();
        actor.Tell(new Recorder.Append("key", "broken"), TestActor);
        var broken = ExpectMsg<Outcome<int>>().NotDone();
        actor.Tell(new Recorder.Append("key", "good"), TestActor);

        Assert.Equal((FailureReason.Invalid, "key is bad"), (refused.Reason, refused.Detail));
        Assert.Equal((FailureReason.Invalid, "FindFault threw InvalidOperationException: no check"), (broken.Reason, broken.Detail));
        Assert.Equal("good", Asked.ExpectMsg<FromActor<string>.Append>().Value);
        Expect(
            "started",
            $"cancel {refused}",
            $"cancel {broken}");
    }

    [Fact]
    public void Status_is_one_line()
    {
        var actor = Start();
        Group.Meet(Group.Peers[0], new Serial(2));
        Group.BuildQuorum(withActor: false);
        Watcher.FishForMessage<string>(what => what == "append 2 key2=value2");

        actor.Tell(new Recorder.GetStatus(), TestActor);

        var line = ExpectMsg<RaftStatus>().ToString();
        Assert.Contains(": Follower in term 0, leader unknown, committed 2, delivered 2, members [", line);
        Assert.DoesNotContain('\n', line);
    }

    [Fact]
    public void HandlePeer_is_called_when_the_actor_or_the_reachability_of_a_process_changes()
    {
        Sys.ActorOf(Props.Create(() => new PeerRecorder(TestActor)));
        var name = Group.Peers[0];
        Group.Meet(name, new Serial(2));
        Group.Meet(name, new Serial(2), TestActor);
        Group.Meet(name, new Serial(2), TestActor, isReachable: false);
        Group.Meet(name, new Serial(2), TestActor, isReachable: false);
        Group.Meet(name, new Serial(2), isReachable: false);

        ExpectMsg(new Peer(name, null, new Serial(2), isReachable: true));
        ExpectMsg(new Peer(name, TestActor, new Serial(2), isReachable: true));
        ExpectMsg(new Peer(name, TestActor, new Serial(2), isReachable: false));
        ExpectMsg(new Peer(name, null, new Serial(2), isReachable: false));
    }

    private sealed class Fetching(IActorRef watcher) : Plain(watcher)
    {
        protected override void HandleMissing(SerialRange gap)
        {
            Watcher.Tell($"missing {gap}");
            Group.Get(gap);
        }
    }

    // It overrides HandleAppend only.
    private class Plain : RaftActor<string>
    {
        public Plain(IActorRef watcher)
        {
            Watcher = watcher;
            Receive<Recorder.Get>(get =>
            {
                var refused = Assert.Throws<InvalidOperationException>(() => Group.Get(get.Serial));
                Assert.Throws<InvalidOperationException>(() => Group.Get(new SerialRange(get.Serial, get.Serial)));
                Sender.Tell(refused.Message);
            });
        }

        protected IActorRef Watcher { get; }

        protected override object? HandleAppend(Entry<string> entry)
        {
            Watcher.Tell($"append {entry.Serial}");
            return null;
        }
    }

    // Its result is the object that is its state.
    private sealed class Collector : RaftActor<string, List<string>>
    {
        private readonly List<string> _values = [];

        public Collector() =>
            Receive<Recorder.Append>(append => Group.Append(append.Key, append.Value, replyTo: Sender, requestKey: append.RequestKey));

        protected override RaftCodec<List<string>> ResultCodec { get; } = RaftCodec.Json<List<string>>();

        protected override List<string> HandleAppend(Entry<string> entry)
        {
            _values.Add(entry.Value);
            return _values;
        }
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

    /// <summary>Makes the call of each value while it applies the pair.</summary>
    private sealed class Misplaced : RaftActor<string, int>, IRaftSnapshot<int>
    {
        private readonly IActorRef _watcher;

        public Misplaced(IActorRef watcher)
        {
            _watcher = watcher;
            Receive<string>(text => text == "leak", _ => Sender.Tell(Group));
            ReceiveAsync<string>(async _ =>
            {
                await Task.Yield();
                Group.Append("awaited", "");
            });
        }

        protected override int LogicVersion => 2;

        public int TakeSnapshot(Serial serial)
        {
            TryAppend();
            return 0;
        }

        public void RestoreSnapshot(Serial serial, int state) => TryAppend();

        protected override void HandleUpgrade(int from, int to) => TryAppend();

        protected override ulong? HandleDigest()
        {
            TryAppend();
            return 0;
        }

        protected override int HandleAppend(Entry<string> entry)
        {
            Try(entry.Value switch
            {
                "append" => () => Group.Append("key", "value"),
                "query" => () => Group.Query("question"),
                "get" => () => Group.Get(new Serial(1)),
                "allowed" => () => CallAllowed(entry.Serial),
                _ => DoNothing,
            });
            return 0;
        }

        private static void DoNothing()
        {
        }

        private void CallAllowed(Serial serial)
        {
            Group.TakeSnapshot();
            _watcher.Tell($"{Group.Serial} {Group.Read(serial)?.Value} {Group.Status.IsOpen}");
        }

        private void TryAppend() => Try(() => Group.Append("key", "value"));

        private void Try(Action call)
        {
            try
            {
                call();
            }
            catch (InvalidOperationException e)
            {
                _watcher.Tell($"{e.GetType().Name}: {e.Message}");
            }
        }
    }
}

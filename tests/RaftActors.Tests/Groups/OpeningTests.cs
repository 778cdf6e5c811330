namespace RaftActors.Tests.Groups;

/// <summary>The test holds the opening of a store, which stands for the recovery of a large log.</summary>
public sealed class OpeningTests : TestKit
{
    private readonly ScriptedStore _store = new();
    private readonly TestProbe _watcher;
    private readonly TestProbe _events;
    private readonly RaftOptions<string> _options;

    public OpeningTests()
        : base(VirtualGroup.Config)
    {
        _watcher = CreateTestProbe();
        _events = CreateTestProbe();
        Sys.EventStream.Subscribe(_events, typeof(RaftEvent.StartFailed));
        _options = new RaftOptions<string> { Name = "raft1", Store = () => _store };
        _store.HoldOpening();
    }

    [Fact]
    public void Other_groups_start_while_a_store_is_opened()
    {
        Start();
        var other = CreateTestProbe();
        var options = _options with { Group = "orders", Store = () => new ScriptedStore() };

        Sys.ActorOf(Props.Create(() => new Recorder(other, options)));

        other.ExpectMsg("started");
        Assert.False(_watcher.HasMessages);
        _store.ReleaseOpening();
        _watcher.ExpectMsg("started", Guard);
    }

    [Fact]
    public void Messages_that_come_while_the_store_is_opened_are_received_after_PreStart_in_order_and_from_their_senders()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Listener(_watcher, _options, null)));
        _watcher.ExpectMsg("made", Guard);
        var (first, second) = (CreateTestProbe(), CreateTestProbe());
        for (var number = 0; number < 100; number++)
        {
            actor.Tell($"message {number}", number % 2 == 0 ? first : second);
        }

        _store.ReleaseOpening();
        _watcher.ExpectMsg("started", Guard);
        for (var number = 100; number < 200; number++)
        {
            actor.Tell($"message {number}", number % 2 == 0 ? first : second);
        }

        Assert.Equal(Enumerable.Range(0, 200).Select(number => $"message {number}"), _watcher.ReceiveN(200).Cast<string>());
        Assert.Equal(100, first.ReceiveN(100).Count);
        Assert.Equal(100, second.ReceiveN(100).Count);
    }

    [Fact]
    public void Message_that_an_actor_stashes_is_received_in_order_when_it_came_while_the_store_was_opened()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Listener(_watcher, _options, null)));
        _watcher.ExpectMsg("made", Guard);
        foreach (var message in new[] { "stash", "a", "b", "unstash" })
        {
            actor.Tell(message);
        }

        _store.ReleaseOpening();

        _watcher.ExpectMsg("started", Guard);
        foreach (var message in new[] { "unstash", "stash", "a", "b" })
        {
            _watcher.ExpectMsg(message);
        }

        actor.Tell("c");
        _watcher.ExpectMsg("c");
    }

    [Fact]
    public void Second_actor_of_a_name_fails_while_the_store_of_the_first_is_opened()
    {
        Start();

        EventFilter.Exception<ActorInitializationException>(contains: "is the actor").ExpectOne(() => Start());

        _events.ExpectMsg<RaftEvent.StartFailed>(failed => Assert.IsType<RaftConfigurationException>(failed.Cause));
        _store.ReleaseOpening();
        _watcher.ExpectMsg("started", Guard);
        Assert.Equal((1, 1), (_store.Openings, _store.Users));
    }

    [Fact]
    public void Next_life_of_a_restarted_actor_waits_for_the_same_opening_and_receives_the_earlier_messages()
    {
        var child = Props.Create(() => new Listener(_watcher, _options, null));
        var parent = Sys.ActorOf(Props.Create(() => new Family(child)));
        parent.Tell("before");
        parent.Tell(new InvalidOperationException("a failure"));
        parent.Tell("after");
        _watcher.ExpectMsg("made", Guard);
        _watcher.ExpectMsg("made", Guard);

        _store.ReleaseOpening();

        _watcher.ExpectMsg("started", Guard);
        _watcher.ExpectMsg("before");
        _watcher.ExpectMsg("after");
        Assert.Equal((1, 1), (_store.Openings, _store.Users));
    }

    [Fact]
    public void Next_life_receives_the_messages_that_came_before_the_opening_failed()
    {
        _store.OpeningFailure = new StoreException("The disk is away.");
        var stores = new Queue<ScriptedStore>([_store, new ScriptedStore()]);
        var options = _options with { Store = stores.Dequeue };
        var child = Props.Create(() => new Listener(_watcher, options, null));
        var parent = Sys.ActorOf(Props.Create(() => new Family(child)));
        parent.Tell("before");
        _watcher.ExpectMsg("made", Guard);

        _store.ReleaseOpening();

        _watcher.ExpectMsg("made", Guard);
        _watcher.ExpectMsg("started", Guard);
        _watcher.ExpectMsg("before");
    }

    [Fact]
    public void Next_life_receives_the_messages_that_came_before_PreStart_failed()
    {
        var failures = new Queue<Exception>([new InvalidOperationException("PreStart fails.")]);
        var child = Props.Create(() => new Listener(_watcher, _options, failures));
        var parent = Sys.ActorOf(Props.Create(() => new Family(child)));
        foreach (var message in new[] { "a", "b", "c" })
        {
            parent.Tell(message);
        }

        _watcher.ExpectMsg("made", Guard);
        _store.ReleaseOpening();

        _watcher.ExpectMsg("made", Guard);
        _watcher.ExpectMsg("started", Guard);
        parent.Tell("d");
        foreach (var message in new[] { "a", "b", "c", "d" })
        {
            _watcher.ExpectMsg(message);
        }
    }

    // The process may be of a restored group, whose store alone tells that the known processes are of another one.
    [Theory]
    [InlineData("starts")]
    [InlineData("fails")]
    [InlineData("is stopped before")]
    public void Client_of_another_node_is_led_to_no_other_process_while_the_store_is_opened(string end)
    {
        var actor = Watch(Sys.ActorOf(Props.Create(() => new Listener(_watcher, _options, null))));
        _watcher.ExpectMsg("made", Guard);
        actor.Tell(new Identify("owner"), TestActor);
        ExpectMsg<ActorIdentity>(Guard);
        EventFilter.Exception<ActorInitializationException>(contains: "is the actor").ExpectOne(() => Start());
        var other = new LocalProcess("default", new ProcessName("raft1@node2"), "akka.tcp://other@node2:2551/system/raft/default/raft1");
        var registry = Sys.ActorSelection("/system/raft");
        registry.Tell(new ConnectionNews.Told(new Address("akka.tcp", "other", "node2", 2551), 1, new([other], [], IsComplete: true)));
        var (near, far) = (CreateTestProbe(), CreateTestProbe());
        var calls = NodeNetwork.Of(Sys).Calls.Find(CallTarget.Registry)!; // Justification: the extension has started.
        var locate = new ClientCall.Locate("default");
        registry.Tell(new Identify("met"), TestActor);
        ExpectMsg<ActorIdentity>(Guard);

        calls.Add(locate, far);
        calls.Add(locate, new OwnCaller(near));

        Assert.Empty(far.ExpectMsg<ClientReply.Located>(Guard).Processes);
        Assert.Equal(other.Name, Assert.Single(near.ExpectMsg<ClientReply.Located>(Guard).Processes).Name);
        if (end == "is stopped before")
        {
            Sys.Stop(actor);
            ExpectTerminated(actor, Guard);
        }

        _store.OpeningFailure = end == "fails" ? new StoreException("The log is damaged.") : null;
        _store.ReleaseOpening();
        if (end == "starts")
        {
            _watcher.ExpectMsg("started", Guard);

            // The actor may start before the registry has heard of its engine.
            var group = new VirtualGroup(this);
            AwaitAssert(() => group.EngineOf("raft1"), Guard);
        }
        else if (end == "fails")
        {
            ExpectTerminated(actor, Guard);
        }
        else
        {
            AwaitCondition(() => Assert.Single(Raft.Get(Sys).Processes).IsOpen, Guard);
            registry.Tell(new Identify("ended"), TestActor);
            ExpectMsg<ActorIdentity>(Guard);
        }

        calls.Add(locate, far);
        var known = far.ExpectMsg<ClientReply.Located>(Guard).Processes;
        Assert.Equal(end == "starts" ? "raft1@node1" : "raft1@node2", known[0].Name.Value);
    }

    [Fact]
    public void Query_in_the_constructor_waits_for_a_leader()
    {
        _store.ReleaseOpening();
        Sys.ActorOf(Props.Create(() => new Curious(_watcher, _options)));
        _watcher.ExpectMsg("started", Guard);
        var group = new VirtualGroup(this);
        group.AwaitIdle();
        for (var ticks = 0; ticks < 5; ticks++)
        {
            group.EngineOf("raft1");
            group.Advance();
        }

        Assert.Contains("No leader confirmed", _watcher.ExpectMsg<Outcome<object?>>(Guard).NotDone().Detail);
    }

    [Fact]
    public void Query_in_PostStop_fails()
    {
        _store.ReleaseOpening();
        var actor = Sys.ActorOf(Props.Create(() => new Curious(_watcher, _options)));
        _watcher.ExpectMsg("started", Guard);
        Sys.Stop(actor);

        _watcher.ExpectMsg<Outcome<object?>>(Guard).NotDone();
        _watcher.ExpectMsg<Outcome<object?>>(Guard).NotDone();
    }

    // Its calls must not reach the engine, which would wait for the life of an actor that never begins.
    [Fact]
    public void Calls_in_the_constructor_of_a_second_actor_of_a_name_do_not_hold_up_the_first()
    {
        _store.ReleaseOpening();
        var actor = Start();
        _watcher.ExpectMsg("started", Guard);
        var other = CreateTestProbe();
        EventFilter.Exception<ActorInitializationException>(contains: "is the actor")
            .ExpectOne(() => Sys.ActorOf(Props.Create(() => new Hasty(other, _options))));

        actor.Tell(new Recorder.Explain(), TestActor);

        ExpectMsg<Outcome<string>>().OrThrow();
    }

    [Fact]
    public async Task Node_that_stops_while_a_store_is_opened_ends_when_the_store_is_open_and_closed_again()
    {
        var node = ActorSystem.Create("stops", VirtualGroup.Config.WithFallback("akka.loglevel = ERROR"));
        var actor = node.ActorOf(Props.Create(() => new Recorder(_watcher, _options)));
        AwaitCondition(() => _store.Openings == 1, Guard);

        await actor.GracefulStop(Guard);
        var end = node.Terminate();
        _store.ReleaseOpening();

        await end.WaitAsync(Guard);
        Assert.True(_store.Closed.IsCompletedSuccessfully);
        Assert.Equal(0, _store.Users);
        Assert.False(_watcher.HasMessages);
    }

    [Fact]
    public async Task Node_that_stops_while_a_store_is_opened_is_out_of_reach_at_once()
    {
        var node = ActorSystem.Create("stops", RemoteNode.ConfigOf("raft1", FreePorts.Next()));
        var actor = node.ActorOf(Props.Create(() => new Recorder(_watcher, _options)));
        AwaitCondition(() => _store.Openings == 1, Guard);
        var port = NodeNetwork.Of(node).Network!.Port!.Value; // Justification: a node with a process has a port.

        await actor.GracefulStop(Guard);
        var end = node.Terminate();

        AwaitAssert(() => Assert.Throws<SocketException>(() => new TcpClient("127.0.0.1", port).Dispose()), Guard);
        Assert.False(end.IsCompleted);
        _store.ReleaseOpening();
        await end.WaitAsync(Guard);
    }

    [Fact]
    public void Call_in_the_constructor_waits_for_the_store()
    {
        Sys.ActorOf(Props.Create(() => new Hasty(_watcher, _options)));
        _watcher.ExpectMsg("constructor");
        Assert.False(_watcher.HasMessages);

        _store.ReleaseOpening();

        _watcher.ExpectMsg<RequestRef>();
        _watcher.ExpectMsg("started", Guard);
    }

    protected override void AfterAll()
    {
        _store.ReleaseOpening();
        base.AfterAll();
    }

    private IActorRef Start() => Sys.ActorOf(Props.Create(() => new Recorder(_watcher, _options)));

    /// <summary>An actor of another node. Passes all messages to the probe.</summary>
    private sealed class Remote(string path, TestProbe probe, ActorSystem system) : MinimalActorRef
    {
        public override ActorPath Path { get; } = ActorPath.Parse($"akka.tcp://other@node2:2551{path}");

        public override IActorRefProvider Provider => ((ExtendedActorSystem)system).Provider;

        protected override void TellInternal(object message, IActorRef sender) => probe.Ref.Tell(message, sender);
    }

    private sealed class Listener : RaftActor<string>, IWithStash
    {
        private readonly IActorRef _watcher;

        private readonly Queue<Exception>? _failures;

        public Listener(IActorRef watcher, RaftOptions<string> options, Queue<Exception>? failures)
            : base(options)
        {
            (_watcher, _failures) = (watcher, failures);
            _watcher.Tell("made");
            Listen();
        }

        public IStash Stash { get; set; } = null!; // Justification: Akka sets it before the actor starts.

        protected override void PreStart()
        {
            if (_failures is not null && _failures.TryDequeue(out var failure))
            {
                throw failure;
            }

            _watcher.Tell("started");
        }

        protected override void PostStop() => _watcher.Tell("stopped");

        protected override object? HandleAppend(Entry<string> entry) => null;

        private void Listen()
        {
            Receive<string>(word => word == "stash", _ =>
            {
                Stash.Stash();
                Become(Wait);
            });
            Receive<string>(Tell);
        }

        private void Wait()
        {
            Receive<string>(word => word == "unstash", word =>
            {
                Tell(word);
                Stash.UnstashAll();
                Become(() => Receive<string>(Tell));
            });
            ReceiveAny(_ => Stash.Stash());
        }

        private void Tell(string word)
        {
            _watcher.Tell(word);
            Sender.Tell(word);
        }
    }

    /// <summary>Restarts all children when one of them fails.</summary>
    private sealed class Family : UntypedActor
    {
        private readonly IActorRef _child;
        private readonly IActorRef _failing = Context.ActorOf(Props.Create(() => new Failing()));

        public Family(Props child) => _child = Context.ActorOf(child);

        protected override SupervisorStrategy SupervisorStrategy() => new AllForOneStrategy(_ => Directive.Restart);

        protected override void OnReceive(object message) => (message is Exception ? _failing : _child).Forward(message);
    }

    private sealed class Failing : UntypedActor
    {
        protected override void OnReceive(object message) => throw (Exception)message;
    }

    private sealed class Hasty : RaftActor<string>
    {
        private readonly IActorRef _watcher;

        public Hasty(IActorRef watcher, RaftOptions<string> options)
            : base(options)
        {
            _watcher = watcher;
            watcher.Tell("constructor");
            watcher.Tell(Group.Append("key", "value"));
        }

        protected override void PreStart() => _watcher.Tell("started");

        protected override object? HandleAppend(Entry<string> entry) => null;
    }

    /// <summary>Asks before its start and after its stop.</summary>
    private sealed class Curious : RaftActor<string>
    {
        private readonly IActorRef _watcher;

        public Curious(IActorRef watcher, RaftOptions<string> options)
            : base(options)
        {
            _watcher = watcher;
            Ask();
        }

        protected override void PreStart() => _watcher.Tell("started");

        protected override void PostStop() => Ask();

        protected override object? HandleAppend(Entry<string> entry) => null;

        protected override object? HandleQuery(object question) => question;

        private void Ask() => Group.Query("question", TimeSpan.FromMilliseconds(100), _watcher);
    }
}

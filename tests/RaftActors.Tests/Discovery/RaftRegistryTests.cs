namespace RaftActors.Tests.Discovery;

/// <summary>A probe stands for the registry and the engine of another node.</summary>
public sealed class RaftRegistryTests : TestKit
{
    private const int StartRounds = 3;

    private readonly VirtualGroup _group;
    private readonly TestProbe _other;
    private long _connection;

    public RaftRegistryTests()
        : base(VirtualGroup.Config)
    {
        _group = new VirtualGroup(this);
        _other = CreateTestProbe("other");
    }

    // Akka's channel executor often runs an actor on the thread that starts it. A sender would wait 10 s for the lock of the start, and
    // then fail.
    [Fact]
    public async Task Sender_does_not_wait_while_the_registry_replies_to_another_at_its_start()
    {
        const string Executor = "akka.actor.default-dispatcher.executor = channel-executor";
        for (var round = 0; round < StartRounds; round++)
        {
            var system = ActorSystem.Create("start", ConfigurationFactory.ParseString(Executor).WithFallback(Sys.Settings.Config));
            using BlockingCaller caller = new();
            var calls = Raft.Get(system).Network.Calls.Find(CallTarget.Registry)!;

            calls.Add(new ClientCall.Locate("any"), caller);
            await caller.Told.WaitAsync(Guard);
            calls.Add(new ClientCall.Locate("any"), ActorRefs.Nobody);

            caller.GoOn();
            await system.Terminate();
        }
    }

    // A client that only asks for the leader would fill the memory of a busy engine.
    [Fact]
    public void Question_for_the_leader_counts_as_open_until_the_engine_has_taken_it()
    {
        _group.Start("raft1", 0);
        var (engine, registry) = ((IInternalActorRef)_group.EngineOf("raft1"), NodeNetwork.Of(Sys).Calls.Find(CallTarget.Registry)!);
        var own = new Address("akka.tcp", "demo", "127.0.0.1", 2551);
        var context = Unprotected.ContextOf(this, own, new TransportSettings("", 0, 5000, 5000), _ => Nobody.Instance);
        using InboundCallConnection client = new(
            new SocketChannel(new Socket(SocketType.Stream, ProtocolType.Tcp)),
            context,
            new HandshakeResult(own, null, ConnectionRole.Operator));

        engine.Suspend();
        for (var number = 1; number <= CallWindow.Max; number++)
        {
            RemoteCaller caller = new(client, number) { SizeBytes = 10 };
            Assert.True(caller.TryWait(registry.Untaken, client.Calls));
            registry.Add(new ClientCall.Locate("default"), caller);
        }

        registry.Add(new ClientCall.ListProcesses(null), _other.Ref);
        _other.FishForMessage<ClientReply.ProcessList>(_ => true);
        Assert.True(client.Calls.IsFull);
        Assert.Equal(0, registry.Untaken.Count);

        engine.Resume();
        AwaitAssert(() => Assert.False(client.Calls.IsFull), Guard);
    }

    [Fact]
    public void Processes_of_this_node_are_listed_in_pages_and_other_nodes_with_the_first_one()
    {
        _group.Start("raft1", 0);
        _group.Start("raft3", 0);
        Greet("default", "raft2@node1");

        var first = List(null);
        var rest = List(new ProcessPlace(first.Rows[0].Group, first.Rows[0].Name));

        Assert.Equal(["raft1@node1", "raft3@node1"], first.Rows.Select(row => row.Name.Value));
        Assert.Equal(_other.Ref.Path.Address, Assert.Single(first.Others));
        Assert.Equal("raft3@node1", Assert.Single(rest.Rows).Name.Value);
        Assert.Empty(rest.Others);

        ClientReply.ProcessList List(ProcessPlace? after)
        {
            NodeNetwork.Of(Sys).Calls.Find(CallTarget.Registry)?.Add(new ClientCall.ListProcesses(after), _other.Ref);
            return _other.FishForMessage<ClientReply.ProcessList>(_ => true);
        }
    }

    [Fact]
    public void Only_a_client_of_this_node_learns_the_other_nodes()
    {
        _group.Start("raft1", 0);
        Greet("other", "raft2@node1");

        Assert.Empty(Locate(_other.Ref).Others);
        Assert.Equal(_other.Ref.Path.Address, Assert.Single(Locate(new OwnCaller(_other.Ref)).Others));

        ClientReply.Located Locate(ICanTell caller)
        {
            NodeNetwork.Of(Sys).Calls.Find(CallTarget.Registry)?.Add(new ClientCall.Locate("other"), caller);
            return _other.FishForMessage<ClientReply.Located>(_ => true);
        }
    }

    // Otherwise they would wait for ever.
    [Fact]
    public void Appends_of_an_actor_whose_engine_has_stopped_with_a_registry_that_failed_end()
    {
        Sys.EventStream.Subscribe(_other, typeof(RaftEvent.Stopped));
        _group.Start("raft1", 0);

        Sys.ActorSelection("/system/raft").Tell(new ConnectionNews.Disconnected(null!)); // Justification: the registry fails.
        _group.Actors["raft1"].Tell(new Recorder.Append("key", "value"), TestActor);

        Assert.Equal(FailureReason.Stopped, ExpectMsg<IOutcome>(Guard).Failure?.Reason);
        _other.ExpectMsg<RaftEvent.Stopped>(Guard);
    }

    [Fact]
    public void Process_of_another_group_is_no_peer()
    {
        _group.Start("raft1", 0);

        Greet("other", "raft2@node1");
        _group.Advance(5);

        _other.ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void Peer_whose_message_comes_before_its_list_is_answered()
    {
        _group.Start("raft1", 0);

        var unnamed = SendGreeting(_other);

        _other.FishForMessage<WireMessage.CoreMessage>(message => message.Envelope.To == unnamed);
    }

    [Fact]
    public void List_that_lacks_a_process_says_nothing_of_an_engine_that_started_since()
    {
        _group.Start("raft1", 0);
        Greet("default", "raft2@node1");
        _group.AwaitIdle();
        var again = CreateTestProbe("again");
        SendGreeting(again);
        Assert.True(IsReachable());

        // The node has started again. Its engine's message came by another connection, before this list.
        SayEmptyList();

        Assert.True(IsReachable());
    }

    [Fact]
    public void Process_that_stopped_is_unreachable_though_a_message_of_it_comes_late()
    {
        _group.Start("raft1", 0);
        Greet("default", "raft2@node1");
        SayEmptyList();
        SendGreeting(_other);

        Assert.False(IsReachable());
    }

    // No quorum answers them, so those that the actor has taken wait until its own bound.
    [Fact]
    public void Queries_that_the_actor_has_taken_do_not_count_as_waiting_for_it()
    {
        _group.Start("raft1", 0);
        var inbox = _group.InboxOf("raft1");
        var query = new ClientCall.Query(default, TimeSpan.FromDays(1), ReadConsistency.Linearizable);
        for (var asked = 0; asked < 2 * OpenQueries.MaxOfClients; asked += 4096)
        {
            for (var i = 0; i < 4096; i++)
            {
                inbox.Add(query, _other.Ref);
            }

            inbox.Announce();
            _group.AwaitIdle();
        }

        Assert.All(
            _other.ReceiveN(OpenQueries.MaxOfClients),
            reply => Assert.Contains("has not taken", Assert.IsType<ClientReply.Declined>(reply).ToString()));
    }

    [Fact]
    public void Process_that_was_met_by_a_message_is_told_of_its_actor()
    {
        _group.Start("raft1", 0);
        Tell(new([Process("raft2@node1") with { Actor = TestActor.Path.ToSerializationFormat() }], [], IsComplete: true));

        SendGreeting(_other);
        _group.AwaitIdle();

        Assert.Equal(TestActor, _group.ViewOf("raft1").Peers.Single(peer => peer.Name.Process == "raft2").Actor);
    }

    private bool IsReachable() => _group.ViewOf("raft1").Peers.Single(peer => peer.Name.Process == "raft2").IsReachable;

    private void SayEmptyList()
    {
        Tell(new([], [], IsComplete: true));
        _group.AwaitIdle();
    }

    private Member SendGreeting(TestProbe engine)
    {
        var member = new Member(new ProcessName("raft2@node1"), new Incarnation(new Guid(2, 0, 0, new byte[8])));
        var addressee = new Member(new ProcessName("raft1@node1"), Incarnation.None);
        var greeting = new Message.Greeting(default, Incarnation.None, IsReply: false);
        var envelope = new RaftActors.Core.Envelope(member, addressee, GroupUid.None, Term.Zero, default, greeting);
        _group.EngineOf("raft1").Tell(new WireMessage.CoreMessage(envelope), engine.Ref);
        _group.AwaitIdle();
        return member;
    }

    // The other node is reachable, and its list has this process.
    private void Greet(string group, string name)
    {
        Sys.ActorSelection("/system/raft").Tell(new ConnectionNews.Opened(_other.Ref.Path.Address));
        Tell(new([Process(name) with { Group = group }], [], IsComplete: true));
    }

    private LocalProcess Process(string name) => new("default", new ProcessName(name), _other.Ref.Path.ToSerializationFormat());

    // By a new connection.
    private void Tell(WireMessage.Presence list) =>
        Sys.ActorSelection("/system/raft").Tell(new ConnectionNews.Told(_other.Ref.Path.Address, ++_connection, list));

    /// <summary>Holds up the thread that replies to it.</summary>
    private sealed class BlockingCaller : ICanTell, IDisposable
    {
        private readonly TaskCompletionSource _told = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly ManualResetEventSlim _goOn = new();

        public Task Told => _told.Task;

        public void Tell(object message, IActorRef sender)
        {
            _told.SetResult();
            _goOn.Wait(Guard);
        }

        public void GoOn() => _goOn.Set();

        public void Dispose() => _goOn.Dispose();
    }
}

namespace RaftActors.Tests.Discovery;

/// <summary>
/// A registry that hears of the connections of its node, and of the silence of others. The test is the network, the source of nodes and an
/// engine.
/// </summary>
public sealed class PresenceTests : TestKit
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Beat = Interval / 10;
    private static readonly Address Node = AddressOf(2);

    private readonly TestProbe _engine;
    private readonly TestProbe _calls;
    private readonly IActorRef _registry;
    private readonly RaftProcess _process;

    public PresenceTests()
        : base(VirtualGroup.Config)
    {
        (_engine, _calls) = (CreateTestProbe(), CreateTestProbe());
        var source = new NodeScript();
        _registry = Sys.ActorOf(Props.Create(() => new RaftRegistry(source, Interval)));
        _registry.Tell(new Network(_calls));
        _process = new Bench(this).Process;
        _registry.Tell(new EngineNews.Started(_process), _engine);
        Assert.Equal(["+raft1"], Calls());
    }

    [Fact]
    public void Node_is_reachable_while_the_connections_of_both_sides_are_open()
    {
        List(1, "raft2");
        Assert.Empty(News());
        Open();
        Assert.Equal(["found raft2"], News());

        _registry.Tell(new ConnectionNews.Disconnected(Node));
        Assert.Equal(["unreachable raft2"], News());
        Open();
        Assert.Equal(["found raft2"], News());

        End(1);
        Assert.Equal(["unreachable raft2"], News());
        Open();
        Assert.Empty(News());
        List(2, "raft2");
        Assert.Equal(["found raft2"], News());
    }

    [Fact]
    public void Connection_that_opened_before_the_node_was_known_counts()
    {
        Open();

        List(1, "raft2");

        Assert.Equal(["found raft2"], News());
    }

    [Fact]
    public void Processes_are_found_when_their_list_is_complete()
    {
        Open();
        Tell(1, new([Process("raft2")], [], IsComplete: false));
        Assert.Empty(News());

        List(1, "raft3");

        Assert.Equal(["found raft2", "found raft3"], News());
    }

    [Fact]
    public void Node_that_is_named_no_more_while_its_list_comes_is_known_by_the_whole_list()
    {
        Open();
        _registry.Tell(new NodeNews.Named(Node));
        Tell(1, new([Process("raft2")], [], IsComplete: false));

        _registry.Tell(new NodeNews.Unnamed(Node));
        List(1, "raft3");

        Assert.Equal(["found raft2", "found raft3"], News());
    }

    [Fact]
    public void Each_start_and_stop_after_the_list_is_told()
    {
        Open();
        List(1, "raft2");
        News();

        List(1, "raft3");
        Assert.Equal(["found raft3"], News());
        Tell(1, new([], [Process("raft2")], IsComplete: true));
        Assert.Equal(["stopped raft2"], News());
    }

    [Fact]
    public void List_of_the_next_connection_replaces_the_former_one()
    {
        Open();
        List(1, "raft2", "raft3");
        News();

        Tell(2, new([Process("raft3")], [], IsComplete: false));
        Assert.Empty(News());
        List(2, "raft4");

        Assert.Equal(["stopped raft2", "found raft4"], News());
    }

    [Fact]
    public void Late_news_of_a_connection_that_was_replaced_change_nothing()
    {
        Open();
        List(1, "raft2");
        List(2, "raft2");
        News();

        Tell(1, new([Process("raft3")], [Process("raft2")], IsComplete: true));
        End(1);

        Assert.Empty(News());
    }

    [Fact]
    public void Process_that_has_restarted_is_found_and_the_stop_of_its_former_engine_changes_nothing()
    {
        Open();
        Tell(1, new([Process("raft2", uid: 1)], [], IsComplete: true));
        News();

        Tell(2, new([Process("raft2", uid: 2)], [], IsComplete: true));
        Tell(2, new([], [Process("raft2", uid: 1)], IsComplete: true));

        Assert.Equal(["found raft2"], News());
    }

    [Fact]
    public void Actor_that_starts_is_told_to_other_nodes_and_to_its_group_on_this_node()
    {
        var second = CreateTestProbe();
        _registry.Tell(new EngineNews.Started(new Bench(this, name: "raft2").Process), second);
        second.ExpectMsg<PeerNews.Found>();
        Calls();

        _registry.Tell(new EngineNews.ActorChanged(_process, TestActor), _engine);
        _registry.Tell(new EngineNews.ActorChanged(_process, TestActor), _engine);

        Assert.Equal(["+raft1"], Calls());
        Assert.EndsWith($"{TestActor.Path.ToStringWithoutAddress()}#{TestActor.Path.Uid}", second.ExpectMsg<PeerNews.Found>().Actor);
    }

    [Fact]
    public void Process_with_another_actor_is_told_again()
    {
        Open();
        List(1, "raft2");
        News();

        Tell(1, new([Process("raft2") with { Actor = "akka.tcp://demo@10.0.0.1:2/user/a" }], [], IsComplete: true));
        Assert.Equal(["found raft2"], News());

        Tell(1, new([], [Process("raft2")], IsComplete: true));
        Assert.Equal(["stopped raft2"], News());
    }

    [Fact]
    public void Engine_that_starts_finds_the_processes_of_reachable_nodes()
    {
        Open();
        List(1, "raft2");
        var second = CreateTestProbe();

        _registry.Tell(new EngineNews.Started(new Bench(this, name: "raft3").Process), second);

        Assert.Equal("raft1", second.ExpectMsg<PeerNews.Found>().Name.Process);
        Assert.Equal("raft2", second.ExpectMsg<PeerNews.Found>().Name.Process);
    }

    // Otherwise the other node could not report the process as unreachable if this one died at once.
    [Fact]
    public void Other_nodes_hear_of_an_engine_before_it_can_greet_theirs()
    {
        Open();
        List(1, "raft2");

        // One probe stands for the engine and for the network, so it shows the order.
        _registry.Tell(new EngineNews.Started(new Bench(this, name: "raft3").Process), _calls);

        Assert.Equal("+raft3", _calls.FishForMessage<string>(_ => true));
        Assert.Equal("raft2", _calls.ExpectMsg<PeerNews.Found>().Name.Process);
    }

    [Fact]
    public void Stop_of_an_engine_is_told_to_other_nodes_and_to_its_group_on_this_node()
    {
        var second = CreateTestProbe();
        _registry.Tell(new EngineNews.Started(new Bench(this, name: "raft2").Process), second);
        second.ExpectMsg<PeerNews.Found>();
        Calls();

        _registry.Tell(new EngineNews.Stopped(_process));

        Assert.Equal(["-raft1"], Calls());
        Assert.Equal(_process.Name, second.ExpectMsg<PeerNews.Stopped>().Name);
    }

    [Fact]
    public void Named_node_is_connected_to_whenever_it_is_not()
    {
        _registry.Tell(new NodeNews.Named(Node));
        Assert.Equal(["connect 2"], Calls());
        Assert.Equal(["connect 2", "connect 2"], CallsWithin(2));

        Open();
        Assert.Empty(CallsWithin(2));

        _registry.Tell(new ConnectionNews.Disconnected(Node));
        Assert.Equal(["connect 2"], CallsWithin(1));
        _registry.Tell(new NodeNews.Unnamed(Node));
        Assert.Equal(["forget 2"], Calls());
        Assert.Empty(CallsWithin(2));
    }

    [Theory]
    [InlineData("default", "connect 2")]
    [InlineData("other")]
    public void Unnamed_node_that_has_connected_is_connected_to_if_it_has_a_process_of_a_group_here(string group, params string[] calls)
    {
        Tell(1, new([Process("raft2") with { Group = group }], [], IsComplete: true));

        Assert.Equal(calls, Calls());
    }

    [Fact]
    public void Unnamed_node_is_forgotten_when_its_connection_ends()
    {
        Open();
        List(1, "raft2");
        End(1);
        Assert.Equal(["unreachable raft2"], News().TakeLast(1));
        Assert.Equal(["forget 2"], Calls());

        _registry.Tell(new NodeNews.Named(Node));
        List(2, "raft2");
        End(2);
        Assert.DoesNotContain("forget 2", Calls());
    }

    [Fact]
    public void Unnamed_nodes_beyond_the_bound_lose_their_connections_and_a_named_node_does_not()
    {
        foreach (var number in Enumerable.Range(3, KnownNodes.UnnamedMax + 1))
        {
            _registry.Tell(new ConnectionNews.Told(AddressOf(number), number, new([], [], IsComplete: true)));
        }

        Assert.Equal([$"close {KnownNodes.UnnamedMax + 3}"], Calls());
        _registry.Tell(new NodeNews.Named(Node));
        Open();
        List(1, "raft2");
        Assert.Equal(["found raft2"], News());
    }

    [Fact]
    public void List_whose_part_was_refused_counts_not_at_all_and_the_next_one_does()
    {
        LocalProcess large = new("default", new ProcessName("large@node2"), new string('p', (int)KnownNode.SizeMax));
        Tell(1, new([large], [], IsComplete: false));
        Open();
        Assert.Equal(["close 2"], Calls());

        List(1, "raft2");
        Assert.Empty(News());

        End(1);
        List(2, "raft2");
        Assert.Equal(["found raft2"], News());
    }

    [Fact]
    public void Registry_that_has_restarted_tells_of_no_engine_before_and_hears_of_other_nodes_again()
    {
        List(1, "raft2");
        Open();
        Calls();

        Fail();

        Assert.Equal(["-raft1", "close 2", "forget 2"], Calls());
        _registry.Tell(new EngineNews.Started(_process), _engine);
        Assert.Equal(["+raft1"], Calls());
    }

    // Otherwise the next life would wait for ever for the news that the connection is open.
    [Fact]
    public void Registry_that_has_restarted_begins_the_connection_to_a_node_again_that_it_did_not_know()
    {
        Open();

        Fail();

        Assert.Contains("forget 2", Calls());
    }

    [Fact]
    public void Node_that_was_named_no_more_before_the_registry_restarted_departs()
    {
        _registry.Tell(new NodeNews.Named(Node));
        _registry.Tell(new NodeNews.Unnamed(Node));

        Fail();

        Assert.Contains("depart 2", Calls());
    }

    [Fact]
    public void Silent_node_is_noticed_at_the_pace_of_the_group_with_the_shortest_heartbeat_interval()
    {
        var (slow, fast) = (CreateTestProbe(), CreateTestProbe());
        Quiesce("slow", slow, 10 * Beat);
        Quiesce("fast", fast, Beat);

        PassBeats(4);

        Assert.Equal("raft2", fast.ExpectMsg<PeerNews.Silent>().Name.Process);
        slow.ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void Node_whose_beat_waits_in_the_mailbox_is_not_silent()
    {
        using BlockedCaller caller = new();
        Quiesce("group", _engine, Beat);
        PassBeats(2);

        // The registry is busy until the time of its next beat has come, and the beat of the other node came after that.
        _registry.Tell(new RegistryCall(new ClientCall.ListProcesses(null), caller));
        ((VirtualScheduler)Sys.Scheduler).Advance(Beat);
        _registry.Tell(
            new WireMessage.NodeBeat([.. new ulong[WireMessage.NodeBeat.Parts]]), new Remote(new RootActorPath(Node) / "system" / "raft"));
        caller.Release();
        Calls();

        Assert.Empty(News());
    }

    private static Address AddressOf(int number) => new("akka.tcp", "demo", "10.0.0.1", number);

    // A process of the engine is quiescent, and follows raft2.
    private void Quiesce(string group, IActorRef engine, TimeSpan interval)
    {
        ProcessName leader = new("raft2@node2");
        _registry.Tell(
            new QuietProcess(group, _process.Name, engine, leader, new Term(3), [(leader, Node)], interval, 3 * interval));
        Calls();
    }

    private void PassBeats(int count)
    {
        for (var i = 0; i < count; i++)
        {
            ((VirtualScheduler)Sys.Scheduler).Advance(Beat);

            // Twice, because the time of a beat brings a message of the registry to itself.
            Calls();
            Calls();
        }
    }

    private LocalProcess Process(string name, int uid = 1) =>
        new(_process.Settings.Group, new ProcessName($"{name}@node2"), $"{Node}/system/raft/default/{name}#{uid}");

    private void Fail() => _registry.Tell(new ConnectionNews.Disconnected(null!)); // Justification: the registry fails.

    private void Open() => _registry.Tell(new ConnectionNews.Opened(Node));

    private void End(long connection) => _registry.Tell(new ConnectionNews.Ended(Node, connection));

    private void Tell(long connection, WireMessage.Presence presence) =>
        _registry.Tell(new ConnectionNews.Told(Node, connection, presence));

    // The whole list, its last part, or a change.
    private void List(long connection, params string[] names) =>
        Tell(connection, new([.. names.Select(name => Process(name))], [], IsComplete: true));

    // The news to the engine so far.
    private List<string> News() => SoFar<PeerNews>(_engine, news => $"{news.GetType().Name.ToLowerInvariant()} {news.Name.Process}");

    // The calls to the network so far.
    private List<string> Calls() => SoFar<string>(_calls, call => call);

    private List<string> CallsWithin(int intervals)
    {
        Calls();
        for (var i = 0; i < intervals; i++)
        {
            ((VirtualScheduler)Sys.Scheduler).Advance(Interval);
        }

        return Calls();
    }

    private List<string> SoFar<T>(TestProbe probe, Func<T, string> show)
    {
        _registry.Tell(new Identify("now"), probe);
        List<string> all = [];
        for (var message = probe.ExpectMsg<object>(); message is not ActorIdentity; message = probe.ExpectMsg<object>())
        {
            all.Add(show((T)message));
        }

        return all;
    }

    private sealed class Network(TestProbe calls) : INetwork
    {
        public IActorRef Resolve(string path) => new Remote(ActorPath.Parse(path));

        public void SetNamed(ImmutableHashSet<Address> named)
        {
        }

        public void Connect(Address address) => Call($"connect {address.Port}");

        public void Tell(WireMessage.Presence change) => Call(string.Concat([
            .. change.Running.Select(process => $"+{process.Name.Process}"),
            .. change.Stopped.Select(process => $"-{process.Name.Process}"),
        ]));

        public void Close(Address address) => Call($"close {address.Port}");

        public void Forget(Address address) => Call($"forget {address.Port}");

        public void OnDeparted(Address address) => Call($"depart {address.Port}");

        private void Call(string call) => calls.Ref.Tell(call, ActorRefs.NoSender);
    }

    private sealed class Remote(ActorPath path) : MinimalActorRef
    {
        public override ActorPath Path => path;

        public override IActorRefProvider Provider => throw new NotSupportedException();
    }

    // Holds up the registry that replies to it.
    private sealed class BlockedCaller : ICanTell, IDisposable
    {
        private readonly ManualResetEventSlim _released = new();

        public void Tell(object message, IActorRef sender) => _released.Wait();

        public void Release() => _released.Set();

        public void Dispose() => _released.Dispose();
    }
}

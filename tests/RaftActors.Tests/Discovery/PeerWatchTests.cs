namespace RaftActors.Tests.Discovery;

/// <summary>
/// The warnings about a process without peers, in virtual time. The test is the source of nodes. The founding timeout is 10 s.
/// </summary>
public sealed class PeerWatchTests : TestKit
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly EngineNews.Names _names;
    private readonly TestProbe _engine;
    private readonly TestProbe _node;
    private readonly IActorRef _registry;

    public PeerWatchTests()
        : base(ConfigurationFactory.ParseString("akka.loglevel = INFO").WithFallback(VirtualGroup.Config))
    {
        var process = new Bench(this).Process;
        _names = new EngineNews.Names(process, [new ProcessName("raft2@node2"), new ProcessName("raft3@node3")]);
        (_engine, _node) = (CreateTestProbe(), CreateTestProbe());
        var source = new NodeScript();
        _registry = Sys.ActorOf(Props.Create(() => new RaftRegistry(source, Interval)));
        _registry.Tell(new EngineNews.Started(process), _engine);
        _registry.Tell(_names);
        AwaitIdle();
    }

    [Fact]
    public void Process_that_has_met_no_peer_for_three_founding_timeouts_warns_once()
    {
        AdvanceWithoutWarning(29);

        const string expected = "raft1@node1 of group 'default' has met none of raft2@node2, raft3@node3 for 30 s. Nobody is here.";
        EventFilter.Warning(expected).ExpectOne(() => Advance(100));
    }

    [Fact]
    public void Process_that_meets_a_peer_after_its_warning_logs_it_once_and_is_watched_again()
    {
        Advance(31);

        EventFilter.Info(contains: "raft1@node1 of group 'default' has met another process of its group").ExpectOne(() =>
        {
            Greet("default");
            Advance(60);
        });

        _registry.Tell(new ConnectionNews.Disconnected(_node.Ref.Path.Address));
        AdvanceWithoutWarning(28);
        EventFilter.Warning(contains: "has met none").ExpectOne(() => Advance(3));
    }

    [Fact]
    public void Processes_of_one_node_share_a_warning()
    {
        _registry.Tell(_names with { Others = [] });
        foreach (var group in new[] { "a", "b" })
        {
            var process = new Bench(this, group: group).Process;
            _registry.Tell(new EngineNews.Started(process), CreateTestProbe());
            _registry.Tell(_names with { Process = process });
        }

        AwaitIdle();
        const string expected = "for 30 s. The same holds for 1 more processes of this node. Nobody is here.";
        EventFilter.Warning(contains: expected).ExpectOne(() => Advance(31));
    }

    [Fact]
    public void Names_that_change_do_not_begin_the_wait_anew_nor_repeat_the_warning()
    {
        Advance(20);
        _registry.Tell(_names with { Others = [new ProcessName("raft2@node2")] });

        EventFilter.Warning(contains: "has met none of raft2@node2 for 30 s").ExpectOne(() => Advance(11));

        _registry.Tell(_names);
        AdvanceWithoutWarning(100);
    }

    [Fact]
    public void Node_that_does_not_answer_is_named()
    {
        _registry.Tell(new NodeNews.Named(new Address("akka.tcp", "shop", "127.0.0.1", 2552)));

        EventFilter.Warning(contains: "No answer from akka.tcp://shop@127.0.0.1:2552: check that").ExpectOne(() => Advance(31));
    }

    [Fact]
    public void Node_that_answers_without_a_process_of_the_group_is_named()
    {
        Greet("other");

        EventFilter.Warning(contains: "answered, but no process of this group runs there").ExpectOne(() => Advance(31));
    }

    [Fact]
    public void Process_that_is_alone_in_its_group_does_not_warn()
    {
        _registry.Tell(_names with { Others = [] });

        AdvanceWithoutWarning(100);
    }

    [Fact]
    public void Process_with_a_peer_in_its_own_actor_system_does_not_warn()
    {
        var peer = new Bench(this, name: "raft2").Process;
        _registry.Tell(new EngineNews.Started(peer), CreateTestProbe());

        AdvanceWithoutWarning(100);
    }

    private void Greet(string group)
    {
        var process = new LocalProcess(group, new ProcessName("raft2@node2"), _node.Ref.Path.ToSerializationFormat());
        _registry.Tell(new ConnectionNews.Opened(_node.Ref.Path.Address));
        _registry.Tell(new ConnectionNews.Told(_node.Ref.Path.Address, 1, new([process], [], IsComplete: true)));
        AwaitIdle();
    }

    private void Advance(int seconds)
    {
        for (var i = 0; i < seconds; i++)
        {
            ((VirtualScheduler)Sys.Scheduler).Advance(Interval);
            AwaitIdle();
        }
    }

    // The registry publishes a warning before it answers AwaitIdle. An event filter would have to wait for one that never comes.
    private void AdvanceWithoutWarning(int seconds)
    {
        const string end = "end";
        var log = CreateTestProbe();
        Sys.EventStream.Subscribe(log, typeof(Warning));
        Advance(seconds);
        log.Tell(end);
        Assert.Equal(end, log.FishForMessage(told => told is end || $"{told}".Contains("has met none", StringComparison.Ordinal)));
    }

    // The registry has read all earlier messages.
    private void AwaitIdle()
    {
        _registry.Tell(new Identify("now"), _engine);
        _engine.FishForMessage<ActorIdentity>(identity => identity.MessageId is "now");
    }
}

using System.Collections.Concurrent;
using System.Collections.Immutable;

using Akka.Actor;
using Akka.Event;
using Akka.TestKit;
using Akka.TestKit.Xunit2;

using RaftActors.Discovery;
using RaftActors.Engine;
using RaftActors.Network;
using RaftActors.Storage;
using RaftActors.Tests.Engine;
using RaftActors.Tests.Groups;
using RaftActors.Wire;

using VirtualTime;

namespace RaftActors.Tests.Discovery;

/// <summary>The nodes that get a Hello. The test is the source of nodes, and <c>/system/raft</c> of the named node.</summary>
public sealed class GreetingTests : TestKit
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly Address _node;
    private readonly TestProbe _other;
    private readonly TestProbe _engine;
    private readonly IActorRef _forwarder;
    private readonly IActorRef _registry;
    private readonly RaftProcess _process;
    private WireMessage.Hello? _latest;

    public GreetingTests()
        : base(VirtualGroup.Config)
    {
        var system = (ExtendedActorSystem)Sys;
        _node = system.Provider.DefaultAddress;
        (_other, _engine) = (CreateTestProbe(), CreateTestProbe());
        var (other, source) = (_other.Ref, new NodeScript());
        _forwarder = system.SystemActorOf(Props.Create(() => new Forwarder(other)), "raft");
        _registry = Sys.ActorOf(Props.Create(() => new RaftRegistry(source, Interval)));
        _process = new Bench(this).Process;
        _registry.Tell(new EngineNews.Started(_process), _engine);
    }

    [Fact]
    public void Named_node_gets_hellos_until_it_answers() => AssertHellosUntilItAnswers();

    [Fact]
    public void Node_that_answered_before_it_was_named_gets_hellos_until_it_answers_again()
    {
        Hello();
        Answer();
        Greetings();

        AssertHellosUntilItAnswers();
    }

    [Fact]
    public void Node_that_is_gone_is_forgotten_by_the_network_too()
    {
        Network network = new(Sys);
        _registry.Tell(network);
        Say(new NodeNews.Named(_node));
        Hello();

        Say(new NodeNews.Unnamed(_node));
        Greetings();
        Assert.Empty(network.Forgotten);
        Say(new NodeNews.Unreachable(_node));
        Greetings();

        Assert.Equal([_node], network.Forgotten);
    }

    [Fact]
    public void Node_that_became_unreachable_gets_hellos_again()
    {
        Say(new NodeNews.Named(_node));
        Answer();
        Greetings();

        Say(new NodeNews.Unreachable(_node));

        Assert.Equal(2, GreetingsWithin(2));
    }

    [Fact]
    public void Node_that_never_answered_gets_no_more_hellos_once_no_group_names_it()
    {
        Say(new NodeNews.Named(_node));
        Greetings();

        Say(new NodeNews.Unnamed(_node));

        Assert.Equal(0, GreetingsWithin(2));
    }

    [Fact]
    public void Node_that_no_group_names_any_more_is_known_until_it_is_unreachable()
    {
        Say(new NodeNews.Named(_node));
        Answer();
        Say(new NodeNews.Unnamed(_node));
        Greetings();

        Say(new NodeNews.Unreachable(_node));

        Assert.Equal(0, GreetingsWithin(2));
    }

    [Fact]
    public void Node_that_sent_a_hello_learns_of_a_process_that_starts_later_though_no_group_names_it()
    {
        _registry.Tell(new WireMessage.Hello([], IsReply: false), _other);
        Assert.True(LatestHello().IsReply);
        Assert.Equal(1, GreetingsWithin(1));
        Answer();
        Assert.Equal(0, GreetingsWithin(1));
    }

    [Fact]
    public void Answer_to_a_hello_of_an_earlier_list_does_not_end_the_hellos()
    {
        Say(new NodeNews.Named(_node));
        Greetings();

        _registry.Tell(new EngineNews.Started(new Bench(this, name: "raft2").Process), _engine);
        Answer();

        Assert.Equal(2, GreetingsWithin(1));
        Answer();
        Assert.Equal(0, GreetingsWithin(1));
    }

    [Fact]
    public void Answer_to_a_hello_of_an_earlier_list_does_not_end_the_hellos_if_the_latest_one_was_lost_with_the_connection()
    {
        Say(new NodeNews.Named(_node));
        var earlier = LatestHello().List;
        _registry.Tell(new EngineNews.Started(new Bench(this, name: "raft2").Process), _engine);
        GreetingsWithin(1);
        Say(new NodeNews.Unreachable(_node));

        Answer(earlier);

        Assert.Equal(2, GreetingsWithin(2));
    }

    [Fact]
    public void Named_node_learns_that_an_engine_has_stopped_though_it_was_the_last_one()
    {
        Say(new NodeNews.Named(_node));
        Assert.Single(LatestHello().Processes);
        Answer();

        _registry.Tell(new EngineNews.Stopped(_process));
        ((VirtualScheduler)Sys.Scheduler).Advance(Interval);

        Assert.Empty(LatestHello().Processes);
        Answer();
        Assert.Equal(0, GreetingsWithin(2));
    }

    [Fact]
    public void Process_that_the_next_hello_of_its_node_lacks_is_unreachable()
    {
        LocalProcess[] two = [Process("raft2@node2"), Process("raft3@node2")];
        _registry.Tell(new WireMessage.Hello([.. two], IsReply: false), _other);
        _engine.FishForMessage<PeerNews>(news => news.Name == two[1].Name);

        _registry.Tell(new WireMessage.Hello([two[0]], IsReply: false), _other);

        Assert.Equal(new PeerNews.Stopped(two[1].Name, _other), _engine.ExpectMsg<PeerNews.Stopped>());
    }

    [Fact]
    public void Only_a_process_that_the_list_did_not_have_before_is_introduced()
    {
        Hello("raft2@node2");
        _engine.FishForMessage<PeerNews.Found>(found => found.Name.Value == "raft2@node2");

        Hello("raft2@node2", "raft3@node2");

        Assert.Equal("raft3@node2", _engine.ExpectMsg<PeerNews.Found>().Name.Value);
    }

    [Fact]
    public void All_processes_of_a_node_that_is_back_are_introduced()
    {
        Hello("raft2@node2", "raft3@node2");
        Say(new NodeNews.Unreachable(_node));
        _engine.FishForMessage<PeerNews.Unreachable>(news => news.Name.Value == "raft3@node2");

        Hello("raft2@node2", "raft3@node2");

        Assert.Equal("raft2@node2", _engine.ExpectMsg<PeerNews.Found>().Name.Value);
        Assert.Equal("raft3@node2", _engine.ExpectMsg<PeerNews.Found>().Name.Value);
    }

    [Fact]
    public void Hello_is_answered_before_the_engines_greet()
    {
        // One probe stands for an engine here and for the other node, so it shows the order.
        _registry.Tell(new EngineNews.Started(new Bench(this, name: "raft2").Process), _other);
        Hello("raft3@node2");

        _other.FishForMessage<PeerNews.Found>(found => found.Name == _process.Name);
        Assert.True(_other.ExpectMsg<WireMessage.Hello>().IsReply);
        Assert.Equal("raft3@node2", _other.ExpectMsg<PeerNews.Found>().Name.Value);
    }

    [Fact]
    public void First_engine_greets_after_the_hello_that_tells_of_it_though_the_node_has_just_said_hello()
    {
        var source = new NodeScript();
        var registry = Sys.ActorOf(Props.Create(() => new RaftRegistry(source, Interval)));
        registry.Tell(new WireMessage.Hello([Process("raft3@node2")], IsReply: false), _other);
        Assert.True(_other.ExpectMsg<WireMessage.Hello>().IsReply);
        ((VirtualScheduler)Sys.Scheduler).Advance(Interval);

        // One actor stands for the engine and for the other node, so it shows the order.
        registry.Tell(new EngineNews.Started(_process), _forwarder);

        Assert.Equal(_process.Name, Assert.Single(_other.ExpectMsg<WireMessage.Hello>().Processes).Name);
        Assert.Equal("raft3@node2", _other.ExpectMsg<PeerNews.Found>().Name.Value);
    }

    [Fact]
    public void Node_that_has_the_list_is_told_only_of_the_engines_that_started_since()
    {
        _registry.Tell(new WireMessage.Hello([], IsReply: false, Known: default), _other);
        var first = _other.ExpectMsg<WireMessage.Hello>();
        Assert.Equal((null, 1), (first.Since, first.Processes.Length));

        _registry.Tell(new WireMessage.Hello([], IsReply: false, Known: first.List), _other);
        var unchanged = _other.ExpectMsg<WireMessage.Hello>();
        Assert.Equal((first.List, first.List.Number, 0), (unchanged.List, unchanged.Since, unchanged.Processes.Length));

        _registry.Tell(new EngineNews.Started(ProcessOf("second")), _engine);
        _registry.Tell(new WireMessage.Hello([], IsReply: false, Known: first.List), _other);
        var added = _other.FishForMessage<WireMessage.Hello>(hello => hello.IsReply);
        Assert.Equal((first.List.Number + 1, first.List.Number), (added.List.Number, added.Since));
        Assert.Equal("second", Assert.Single(added.Processes).Group);
    }

    [Fact]
    public void Node_whose_list_has_an_engine_that_stopped_gets_the_whole_list()
    {
        _registry.Tell(new EngineNews.Started(ProcessOf("second")), _engine);
        _registry.Tell(new WireMessage.Hello([], IsReply: false, Known: default), _other);
        var known = LatestHello().List;

        _registry.Tell(new EngineNews.Stopped(_process));
        _registry.Tell(new EngineNews.Started(ProcessOf("third")), _engine);
        _registry.Tell(new WireMessage.Hello([], IsReply: false, Known: known), _other);

        var whole = _other.FishForMessage<WireMessage.Hello>(hello => hello.IsReply);
        Assert.Null(whole.Since);
        Assert.Equal(["second", "third"], whole.Processes.Select(process => process.Group));
    }

    [Fact]
    public void Node_that_tells_of_no_known_list_gets_the_whole_list_each_time()
    {
        foreach (var _ in Enumerable.Range(0, 3))
        {
            _registry.Tell(new WireMessage.Hello([], IsReply: false), _other);

            var reply = _other.ExpectMsg<WireMessage.Hello>();
            Assert.Equal((null, 1), (reply.Since, reply.Processes.Length));
        }
    }

    // It may have started again, and has no list then.
    [Fact]
    public void Node_that_became_unreachable_gets_the_whole_list_next()
    {
        Say(new NodeNews.Named(_node));
        Answer(LatestHello().List);
        Say(new NodeNews.Unreachable(_node));
        Greetings();

        ((VirtualScheduler)Sys.Scheduler).Advance(Interval);

        var next = LatestHello();
        Assert.Equal((null, 1), (next.Since, next.Processes.Length));
    }

    [Fact]
    public void Answer_with_an_earlier_list_does_not_end_the_hellos()
    {
        Say(new NodeNews.Named(_node));
        var before = LatestHello().List;
        _registry.Tell(new EngineNews.Started(ProcessOf("second")), _engine);
        ((VirtualScheduler)Sys.Scheduler).Advance(Interval);
        var latest = LatestHello().List;

        Answer(before);
        Assert.Equal(1, GreetingsWithin(1));
        Answer(latest);

        Assert.Equal(0, GreetingsWithin(2));
    }

    // With all of them in each Hello, there would be fifty times as many bytes.
    [Fact]
    public void Bytes_of_hellos_grow_with_the_number_of_engines_that_start_one_after_another()
    {
        const int Engines = 1000;
        const int EnginesPerRound = 10;
        var (engines, bytes, last) = (1, 0L, default(WireMessage.Hello));
        Say(new NodeNews.Named(_node));
        while (engines < Engines)
        {
            for (var i = 0; i < EnginesPerRound; i++)
            {
                _registry.Tell(new EngineNews.Started(ProcessOf($"g{engines++}")), _engine);
            }

            ((VirtualScheduler)Sys.Scheduler).Advance(Interval);
            Greetings(hello => (last, bytes) = (hello, bytes + HelloParts.SizeOf(hello)));
            Answer(last?.List);
        }

        // A change may be told of twice before the answer comes.
        var whole = Engines * HelloParts.SizeOf(last!.Processes[0]);
        Assert.Equal(engines, last.List.Number);
        Assert.InRange(bytes, whole, 3 * whole);
    }

    [Fact]
    public void Processes_that_a_node_adds_to_its_list_are_introduced_and_the_others_stay()
    {
        var list = new ListNumber(7, 3);
        _registry.Tell(new WireMessage.Hello([Process("raft2@node2")], false, list, Known: default), _other);
        _engine.FishForMessage<PeerNews.Found>(found => found.Name.Value == "raft2@node2");

        var next = new WireMessage.Hello([Process("raft3@node2")], false, list with { Number = 4 }, Since: 3, Known: default);
        _registry.Tell(next, _other);

        Assert.Equal("raft3@node2", _engine.ExpectMsg<PeerNews.Found>().Name.Value);
        Assert.Equal(next.List, LatestHello().Known);
        Assert.Equal(0, ReportsWithin(1));
    }

    [Theory]
    [InlineData(7, 2)]
    [InlineData(8, 5)]
    public void Node_that_adds_processes_to_a_list_that_is_missing_here_is_asked_for_the_whole_one(ulong registry, long number)
    {
        var list = new ListNumber(7, 3);
        _registry.Tell(new WireMessage.Hello([Process("raft2@node2")], true, new ListNumber(registry, number), Known: list), _other);
        _engine.FishForMessage<PeerNews.Found>(found => found.Name.Value == "raft2@node2");

        var next = list with { Number = 4 };
        _registry.Tell(new WireMessage.Hello([Process("raft4@node2")], false, next, Since: 3, Known: list), _other);

        var asked = _other.ExpectMsg<WireMessage.Hello>();
        Assert.Equal((false, new ListNumber(registry, number)), (asked.IsReply, asked.Known));
        Assert.Equal(0, ReportsWithin(0));
        LocalProcess[] whole = [Process("raft2@node2"), Process("raft3@node2"), Process("raft4@node2")];
        _registry.Tell(new WireMessage.Hello([.. whole], true, next, Known: list), _other);
        Assert.Equal("raft3@node2", _engine.ExpectMsg<PeerNews.Found>().Name.Value);
        Assert.Equal("raft4@node2", _engine.ExpectMsg<PeerNews.Found>().Name.Value);
    }

    [Fact]
    public void Process_that_stopped_is_reported_again_for_a_while_since_a_message_of_it_may_come_late()
    {
        Hello("raft2@node2");
        Hello();
        Assert.Equal(1, ReportsWithin(0));

        Assert.Equal(2, ReportsWithin(2));

        ReportsWithin(10);
        Assert.Equal(0, ReportsWithin(2));
    }

    [Fact]
    public void Process_that_its_node_tells_of_again_is_no_more_reported_as_stopped()
    {
        Hello("raft2@node2");
        Hello();
        Hello("raft2@node2");
        ReportsWithin(0);

        Assert.Equal(0, ReportsWithin(2));
    }

    [Fact]
    public void Engine_that_stops_is_unreachable_to_those_of_its_group_on_the_same_node()
    {
        var second = CreateTestProbe();
        _registry.Tell(new EngineNews.Started(new Bench(this, name: "raft2").Process), second);
        second.ExpectMsg<PeerNews.Found>();

        _registry.Tell(new EngineNews.Stopped(_process));

        Assert.Equal(_process.Name, second.ExpectMsg<PeerNews.Stopped>().Name);
    }

    [Fact]
    public void Unnamed_ones_beyond_the_bound_get_no_answer_and_a_named_node_gets_one()
    {
        var unnamed = UnnamedNodes(Share.Of(2, 4, 10) * KnownNodes.UnnamedMax);
        unnamed.ForEach(node => _registry.Tell(new WireMessage.Hello([], IsReply: false), node));
        Greetings();
        Assert.Equal(KnownNodes.UnnamedMax, unnamed.Count(node => node.IsAnswered));

        Say(new NodeNews.Named(_node));
        Hello("raft2@node2");

        Assert.Equal("raft2@node2", _engine.FishForMessage<PeerNews.Found>(_ => true).Name.Value);
        Assert.Equal(2, Greetings());
    }

    [Fact]
    public void Unnamed_nodes_whose_lists_never_become_complete_make_room_after_a_while()
    {
        var unnamed = UnnamedNodes(KnownNodes.UnnamedMax + 1);
        var part = new WireMessage.Hello([], IsReply: false, new ListNumber(7, 1), Place: 0, Count: 2);
        unnamed.SkipLast(1).ToList().ForEach(node => _registry.Tell(part, node));
        _registry.Tell(new WireMessage.Hello([], IsReply: false), unnamed[^1]);
        Greetings();
        Assert.False(unnamed[^1].IsAnswered);

        GreetingsWithin(13);
        _registry.Tell(new WireMessage.Hello([], IsReply: false), unnamed[^1]);

        Greetings();
        Assert.True(unnamed[^1].IsAnswered);
    }

    [Fact]
    public void Hello_to_a_missing_node_is_not_logged_as_a_dead_letter()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(DeadLetter));

        Sys.DeadLetters.Tell(new WireMessage.Hello([], IsReply: false));
        Sys.DeadLetters.Tell("the end");

        ExpectMsg<DeadLetter>(letter => Assert.Equal("the end", letter.Message));
    }

    private void AssertHellosUntilItAnswers()
    {
        Say(new NodeNews.Named(_node));
        Assert.Equal(1, Greetings());
        Assert.Equal(2, GreetingsWithin(2));

        Answer();

        Assert.Equal(0, GreetingsWithin(2));
    }

    private List<UnnamedNode> UnnamedNodes(int count) =>
        [.. Enumerable.Range(2, count).Select(port => new UnnamedNode(new Address("akka.tcp", "demo", "10.0.0.1", port), Sys))];

    private LocalProcess Process(string name) =>
        new(_process.Settings.Group, new ProcessName(name), _other.Ref.Path.ToSerializationFormat());

    private void Hello(params string[] names) =>
        _registry.Tell(new WireMessage.Hello([.. names.Select(Process)], IsReply: false), _other);

    // How often the engine is told that a process has stopped.
    private int ReportsWithin(int intervals)
    {
        var count = StoppedSoFar();
        for (var i = 0; i < intervals; i++)
        {
            ((VirtualScheduler)Sys.Scheduler).Advance(Interval);
            count += StoppedSoFar();
        }

        return count;
    }

    private int StoppedSoFar()
    {
        _registry.Tell(new Identify("now"), _engine);
        var count = 0;
        for (var message = _engine.ExpectMsg<object>(); message is not ActorIdentity; message = _engine.ExpectMsg<object>())
        {
            count += message is PeerNews.Stopped ? 1 : 0;
        }

        return count;
    }

    private void Say(NodeNews news) => _registry.Tell(news);

    // With the list of the latest Hello, if no other one is named.
    private void Answer(ListNumber? known = null) =>
        _registry.Tell(new WireMessage.Hello([], IsReply: true, Known: known ?? (_latest ?? LatestHello()).List), _other);

    private RaftProcess ProcessOf(string group)
    {
        var settings = _process.Settings with { Group = group };
        var (store, recovered) = HostedStore.Open(new ScriptedStore(), new StoreOwner(group, settings.Self), default);
        return new RaftProcess(settings, store, recovered, default, Sys.Scheduler);
    }

    private int GreetingsWithin(int intervals)
    {
        Greetings();
        for (var i = 0; i < intervals; i++)
        {
            ((VirtualScheduler)Sys.Scheduler).Advance(Interval);
        }

        return Greetings();
    }

    private WireMessage.Hello LatestHello()
    {
        var latest = _other.ExpectMsg<WireMessage.Hello>();
        while (_other.HasMessages)
        {
            latest = _other.ExpectMsg<WireMessage.Hello>();
        }

        _latest = latest;
        return latest;
    }

    // The messages so far. The registry sent them before its answer, which is the last message.
    private int Greetings(Action<WireMessage.Hello>? each = null)
    {
        _registry.Tell(new Identify("now"), _engine);
        _engine.FishForMessage<ActorIdentity>(identity => identity.MessageId is "now");
        Sys.ActorSelection("/system/raft").Tell("the end");
        var count = 0;
        while (_other.ExpectMsg<object>() is WireMessage.Hello hello)
        {
            count++;
            _latest = hello;
            each?.Invoke(hello);
        }

        return count;
    }

    private sealed class Network(ActorSystem system) : INetwork
    {
        public ConcurrentQueue<Address> Forgotten { get; } = [];

        public string Problems => "";

        public IActorRef Resolve(string path) => ((ExtendedActorSystem)system).Provider.ResolveActorRef(path);

        public void SetNamed(ImmutableHashSet<Address> named)
        {
        }

        public void Forget(Address address) => Forgotten.Enqueue(address);

        public void OnDeparted(Address address)
        {
        }
    }

    /// <summary>The registry of a node that nobody names.</summary>
    private sealed class UnnamedNode(Address address, ActorSystem system) : MinimalActorRef
    {
        private volatile bool _isAnswered;

        public bool IsAnswered => _isAnswered;

        public override ActorPath Path { get; } = new RootActorPath(address) / "system" / "raft";

        public override IActorRefProvider Provider => ((ExtendedActorSystem)system).Provider;

        protected override void TellInternal(object message, IActorRef sender) => _isAnswered |= message is WireMessage.Hello;
    }
}

namespace RaftActors.Tests.Groups;

/// <summary>Groups of three nodes without <c>raft.security</c>.</summary>
public sealed class NetworkGroupTests : NodesTest
{
    private readonly List<NamedNode> _nodes = [];
    private readonly List<ProcessName> _names = [.. Enumerable.Range(0, 3).Select(_ => NamedNode.NewName())];
    private int _appended;

    [Fact]
    public void Each_node_has_a_connection_to_each_other_one_and_the_group_commits_over_them()
    {
        _names.ForEach(name => Start(name));

        _nodes.ForEach(node => node.ExpectConnectionsTo(OthersOf(node)));
        AppendOnEachNode();
    }

    [Fact]
    public void Group_commits_after_the_connections_of_a_node_broke_and_connects_again()
    {
        _names.ForEach(name => Start(name));
        _nodes.ForEach(node => node.ExpectConnectionsTo(OthersOf(node)));
        AppendOnEachNode();
        var leader = _nodes[0].ExpectEvent<RaftEvent.LeaderChanged>(changed => changed.Leader is not null).Leader;
        var broken = _nodes.First(node => node.Name != leader);

        foreach (var other in OthersOf(broken))
        {
            Break(broken, other);
            Break(other, broken);
        }

        AppendOnEachNode();
        broken.ExpectConnectionsTo(OthersOf(broken));
        foreach (var other in OthersOf(broken))
        {
            other.ExpectConnectionsTo([broken]);
        }

        AppendOnEachNode();
    }

    [Fact]
    public async Task Append_and_the_close_of_a_client_that_calls_a_follower_are_passed_on()
    {
        _names.ForEach(name => Start(name));
        _nodes.ForEach(node => node.ExpectConnectionsTo(OthersOf(node)));
        AppendOnEachNode();
        var leader = _nodes[0].ExpectEvent<RaftEvent.LeaderChanged>(changed => changed.Leader is not null).Leader;
        var follower = _nodes.First(node => node.Name != leader);
        Raft.Get(Sys);
        var network = NodeNetwork.Of(Sys);
        network.Start(isClient: true);
        ClientCall.Append append = new(
            ClientSession.New(), 1, "passed", new ValueCodec<string>(Sys).Encode("on"), TimeSpan.FromSeconds(30), IsRetry: false);
        var link = network.LinkTo(RaftAddress.WithoutSystem(follower.Address));
        CallTarget target = new("default", follower.Name);
        async Task<RaftFailure?> Append()
        {
            Caller caller = new(RequestRef.Of(append.Request));
            link.Send(target, append, caller);
            return Assert.IsAssignableFrom<IOutcome>(await caller.Told.WaitAsync(TimeSpan.FromSeconds(30))).Failure;
        }

        Assert.Null(await Append());
        _nodes.ForEach(node => node.Expect($"append {_appended + 1} passed=on"));

        link.Send(target, new ClientCall.Close(append.Session, 1), new Caller(default));
        await AwaitAssertAsync(async () => Assert.Equal(FailureReason.Forgotten, (await Append())?.Reason), TimeSpan.FromSeconds(30));
    }

    [Fact]
    public void Restarted_node_at_the_same_address_gets_connections_of_its_new_actor_system()
    {
        _names.ForEach(name => Start(name));
        _nodes.ForEach(node => node.ExpectConnectionsTo(OthersOf(node)));
        AppendOnEachNode();
        _nodes[2].Stop();
        _nodes.RemoveAt(2);

        Start(_names[2]);

        _nodes[2].ExpectConnectionsTo(OthersOf(_nodes[2]));
        _nodes[0].ExpectConnectionsTo([_nodes[2]]);
        _nodes[1].ExpectConnectionsTo([_nodes[2]]);
        AppendOnEachNode();
        _nodes[2].Expect($"append {_appended} key{_appended}=value own");
    }

    [Fact]
    public void Node_whose_port_for_raft_cannot_be_reached_is_warned_of_with_the_remedy()
    {
        Start(_names[0]);
        Start(_names[1]);

        // As behind a firewall: the others connect to its address, where it does not listen.
        Start(_names[2], "raft.transport-tcp.hostname = \"127.0.0.2\"");

        _nodes[0].ExpectNoConnectionTo(_nodes[2]);
        _nodes[1].ExpectNoConnectionTo(_nodes[2]);
    }

    [Fact]
    public void Bytes_of_another_program_close_their_connection_only()
    {
        _names.ForEach(name => Start(name));
        AppendOnEachNode();
        using var foreign = ConnectTo(_nodes[0]);

        foreign.Send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"u8);

        WaitForEnd(foreign);
        AppendOnEachNode();
    }

    [Fact]
    public void Reason_with_half_a_character_is_lost_and_stops_no_engine()
    {
        _names.ForEach(name => Start(name));
        _nodes.ForEach(node => node.ExpectConnectionsTo(OthersOf(node)));
        AppendOnEachNode();
        foreach (var node in _nodes)
        {
            node.Tell(new Recorder.Append("key", "half", TimeSpan.FromSeconds(2)), TestActor);
            Assert.NotNull(((Outcome<int>)FishForMessage(message => message is Outcome<int>, TimeSpan.FromSeconds(30))).Failure);
        }

        AppendOnEachNode();
    }

    // A second connection in the name of a node replaces its first one. Its damaged frame closes it too.
    private static void Break(NamedNode from, NamedNode to)
    {
        using var intruder = ConnectTo(to);
        var handshake = new Handshake(from.Address.ToString(), 1, ConnectionKind.Node);
        intruder.Send([.. handshake.ToBytes(), 0xFF, 0xFF, 0xFF, 0xFF]);
        WaitForEnd(intruder);
    }

    private static void WaitForEnd(Socket socket)
    {
        var error = SocketError.Success;
        while (error == SocketError.Success && socket.Receive(new byte[100], SocketFlags.None, out error) > 0)
        {
        }

        Assert.True(error is SocketError.Success or SocketError.ConnectionReset, $"{error}");
    }

    private static Socket ConnectTo(NamedNode node)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 30_000 };
        socket.Connect("127.0.0.1", node.Address.Port!.Value + NamedNode.PortOffset); // Justification: each node has an address.
        return socket;
    }

    private IEnumerable<NamedNode> OthersOf(NamedNode node) => _nodes.Where(other => other != node);

    private void Start(ProcessName name, string config = "") => _nodes.Add(new NamedNode(
        this,
        name,
        $$"""
        akka { loglevel = INFO, stdout-loglevel = OFF, loggers = [] }
        raft {
          group = default
          roster = [{{string.Join(", ", _names.Select(each => $"\"{each}\""))}}]
          append-timeout = 20s
        }
        {{config}}
        """));

    // Each pair gets the next serial, so none is lost and none is doubled.
    private void AppendOnEachNode()
    {
        foreach (var node in _nodes)
        {
            _appended++;
            node.Tell(new Recorder.Append($"key{_appended}", "value", TimeSpan.FromSeconds(20)), TestActor);
            Assert.Equal(_appended, ExpectMsg<Outcome<int>>(TimeSpan.FromSeconds(30)).OrThrow().Serial.Value);
        }
    }

    private sealed class Caller(RequestRef request) : ICaller
    {
        private readonly TaskCompletionSource<object> _told = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public RequestRef Request => request;

        public Task<object> Told => _told.Task;

        public void Tell(object message, IActorRef sender) => _told.SetResult(message);
    }
}

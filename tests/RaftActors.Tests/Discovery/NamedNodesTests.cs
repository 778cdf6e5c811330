namespace RaftActors.Tests.Discovery;

public sealed class NamedNodesTests : TestKit, IClassFixture<TestKit.SharedSystem>
{
    private static readonly Address Self = new("akka.tcp", "raft", "127.0.0.1", 9990);

    private readonly EngineNews.Names _names;

    public NamedNodesTests(SharedSystem shared)
        : base(shared) => _names = new EngineNews.Names(new Bench(this).Process, []);

    [Fact]
    public void Contacts_and_named_nodes_are_reported_once_and_this_node_never()
    {
        var source = new NamedNodes(Self, [":9991", "host:9992"], Sys.Log);

        Assert.Equal(["+127.0.0.1:9991", "+127.0.0.1:9993", "+host:9992"], Read(source, ":9993", ":9991", "127.0.0.1:9991", ":9990"));
        Assert.Empty(Read(source, ":9993", "127.0.0.1:9993"));
    }

    [Fact]
    public void Node_that_no_roster_names_any_more_is_unnamed_unless_it_is_a_contact()
    {
        var source = new NamedNodes(Self, [":9991"], Sys.Log);
        Read(source, ":9991", ":9992");

        Assert.Equal(["+127.0.0.1:9993", "-127.0.0.1:9992"], Read(source, ":9993"));
    }

    [Fact]
    public void Node_that_another_process_still_names_stays_named()
    {
        var source = new NamedNodes(Self, [], Sys.Log);
        var other = _names with { Process = new Bench(this, name: "raft2").Process };
        Read(source, ":9991");
        Assert.Equal([], source.Read(other with { Others = [new ProcessName("raft@:9991")] }));

        Assert.Empty(Read(source));
        Assert.IsType<NodeNews.Unnamed>(Assert.Single(source.Read(other with { Others = [] }) ?? []));
    }

    // Otherwise the nodes of a group that is gone would keep the rights of nodes here until a restart.
    [Fact]
    public void Node_that_only_a_stopped_process_named_is_unnamed()
    {
        var source = new NamedNodes(Self, [], Sys.Log);
        var other = _names with { Process = new Bench(this, name: "raft2").Process };
        Read(source, ":9991", ":9992");
        source.Read(other with { Others = [new ProcessName("raft@:9991")] });

        var news = source.Read(new EngineNews.Stopped(_names.Process));

        Assert.Equal([new NodeNews.Unnamed(Self.WithPort(9992))], news);
        Assert.Equal(1, source.Count);
        Assert.Equal(["+127.0.0.1:9992"], Read(source, ":9992"));
    }

    // The next life of the registry knows no node.
    [Fact]
    public void Contacts_and_named_nodes_are_reported_again_after_the_registry_has_restarted()
    {
        var source = new NamedNodes(Self, [":9991"], Sys.Log);
        Read(source, ":9991", ":9992");

        ((INodeSource)source).Stop(TestActor);

        Assert.Equal(["+127.0.0.1:9991", "+127.0.0.1:9992"], Read(source, ":9991", ":9992"));
    }

    [Fact]
    public void Node_whose_name_is_no_address_is_warned_of_once()
    {
        var source = new NamedNodes(Self, [], Sys.Log);

        EventFilter.Warning(contains: "Node 'node2' cannot be found").ExpectOne(() =>
        {
            Assert.Equal(["+127.0.0.1:9991"], Read(source, "node2", ":9991"));
            Assert.Empty(Read(source, "node2", ":9991"));
        });
    }

    [Fact]
    public void Names_that_are_no_address_are_remembered_up_to_a_bound_and_warned_of_again_after_that()
    {
        var source = new NamedNodes(Self, [], Sys.Log);
        string[] names = [.. Enumerable.Range(0, NamedNodes.RefusedMax).Select(i => $"node{i}")];

        EventFilter.Warning(contains: "cannot be found").Expect(NamedNodes.RefusedMax + 2, () =>
        {
            Read(source, names);
            Read(source, "node0");
            Read(source, "another");
            Read(source, "node0");
        });
    }

    [Fact]
    public void Nodes_that_are_named_one_after_the_other_are_not_remembered()
    {
        var source = new NamedNodes(Self, [":9991"], Sys.Log);
        foreach (var port in Enumerable.Range(10_000, 1000))
        {
            Read(source, $":{port}");
        }

        Assert.Equal(2, source.Count);
        Assert.Equal(["+127.0.0.1:10000", "-127.0.0.1:10999"], Read(source, ":10000"));
    }

    [Theory]
    [InlineData(":9990", "127.0.0.1:9990")]
    [InlineData("host:1", "host:1")]
    [InlineData("host.example.org:65535", "host.example.org:65535")]
    [InlineData("10.0.0.1:80", "10.0.0.1:80")]
    [InlineData("9990", null)]
    [InlineData(":0", null)]
    [InlineData(":65536", null)]
    [InlineData(":+1", null)]
    [InlineData("host:", null)]
    [InlineData("ho st:1", null)]
    [InlineData("a:b:1", null)]
    [InlineData("[::1]:1", null)]
    [InlineData("node1@localhost", null)]
    public void Name_is_an_address_or_none(string name, string? expected)
    {
        var address = NodeAddress.Of(name, Self);

        Assert.Equal(expected, address is null ? null : $"{address.Host}:{address.Port}");
        Assert.Equal(expected is not null, NodeAddress.IsAddress(name));
    }

    private List<string> Read(NamedNodes source, params string[] nodes)
    {
        var news = source.Read(_names with { Others = [.. nodes.Select(node => new ProcessName($"raft@{node}"))] }) ?? [];
        var told = news.Select(one => $"{(one is NodeNews.Named ? "+" : "-")}{one.Address.Host}:{one.Address.Port}");
        return [.. told.Order(StringComparer.Ordinal)];
    }
}

namespace RaftActors.Tests.Discovery;

/// <summary>Programs that nobody knows tell of processes, many more than a registry takes.</summary>
public sealed class KnownNodesTests
{
    // So a hundred of such processes are as many as a list may have.
    private static readonly string Long = new('p', (int)(KnownNode.SizeMax / 100));

    private readonly KnownNodes _nodes = new(NoLogger.Instance, TimeProvider.System);
    private long _connection;

    [Fact]
    public void Unnamed_node_takes_the_place_of_one_that_is_gone_or_is_named()
    {
        foreach (var i in Enumerable.Range(0, KnownNodes.UnnamedMax))
        {
            Take(AddressOf(i), Of([]));
        }

        _nodes.Remove(AddressOf(7));
        _nodes.Name(AddressOf(8));

        Assert.Equal([true, true, false], Enumerable.Range(5000, 3).Select(i => Take(AddressOf(i), Of([]))));
    }

    // Otherwise the bound would rise or fall for ever, because nothing counts the unnamed nodes anew.
    [Fact]
    public void Names_that_come_and_go_leave_room_for_as_many_unnamed_ones_as_before()
    {
        var (named, unnamed) = (_nodes.Name(AddressOf(60_000)), _nodes.Name(AddressOf(60_001)));
        foreach (var i in Enumerable.Range(0, 10))
        {
            _nodes.Name(named.Address);
            _nodes.Unname(unnamed);
            _nodes.Unname(unnamed);
            _nodes.Name(AddressOf(61_000 + i));
            _nodes.Remove(AddressOf(61_000 + i));
            Take(AddressOf(62_000 + i), Of([]));
            _nodes.Name(AddressOf(62_000 + i));
            _nodes.Unname(_nodes.Name(AddressOf(62_000 + i)));
            _nodes.Remove(AddressOf(62_000 + i));
            _nodes.Remove(AddressOf(62_000 + i));
        }

        // The one that is no longer named has a place of them.
        Assert.Equal(
            KnownNodes.UnnamedMax - 1, Enumerable.Range(0, 2 * KnownNodes.UnnamedMax).Count(i => Take(AddressOf(i), Of([]))));
    }

    [Fact]
    public void Node_that_is_named_no_more_stays_though_the_unnamed_ones_fill_the_bound()
    {
        var node = _nodes.Name(AddressOf(60_000));
        foreach (var i in Enumerable.Range(0, KnownNodes.UnnamedMax))
        {
            Take(AddressOf(i), Of([]));
        }

        _nodes.Unname(node);

        Assert.True(Take(node.Address, Of([])));
        _nodes.Remove(AddressOf(7));
        Assert.False(Take(AddressOf(5000), Of([])));
        _nodes.Remove(AddressOf(8));
        Assert.True(Take(AddressOf(5000), Of([])));
    }

    [Fact]
    public void Lists_of_all_unnamed_nodes_together_stay_within_the_bound_and_that_of_a_named_node_has_room()
    {
        foreach (var i in Enumerable.Range(0, 1000))
        {
            Take(AddressOf(i), Of([Process(AddressOf(i), "raft", Long)]));
        }

        Assert.InRange(_nodes.All.Sum(node => node.Size), KnownNodes.UnnamedSizeMax * 9 / 10, KnownNodes.UnnamedSizeMax);
        var named = _nodes.Name(AddressOf(-1));
        Assert.True(Take(named.Address, Of([Process(named.Address, "raft2", Long)])));
        Assert.Single(named.Processes);
    }

    [Fact]
    public void List_whose_parts_never_end_stays_within_the_bound_and_the_next_list_is_taken()
    {
        var node = _nodes.Name(AddressOf(1));
        foreach (var _ in Enumerable.Range(0, 1000))
        {
            Take(node.Address, Of([Process(node.Address, "raft", Long)]) with { IsComplete = false }, connection: 1);
        }

        Assert.InRange(node.Size, KnownNode.SizeMax * 9 / 10, KnownNode.SizeMax);
        Assert.True(Take(node.Address, Of([Process(node.Address, "raft2")]), connection: 2));
        Assert.InRange(node.Size, 0, Long.Length);
    }

    [Fact]
    public void Node_that_starts_ever_new_processes_stays_within_the_bound()
    {
        var node = _nodes.Name(AddressOf(1));
        foreach (var i in Enumerable.Range(0, 1000))
        {
            Take(node.Address, Of([Process(node.Address, $"raft{i}", Long)]), connection: 1);
        }

        Assert.InRange(node.Size, KnownNode.SizeMax * 9 / 10, KnownNode.SizeMax);
    }

    [Fact]
    public void Process_that_starts_again_and_again_takes_the_room_of_one()
    {
        var node = _nodes.Name(AddressOf(1));
        foreach (var i in Enumerable.Range(0, 1000))
        {
            Assert.True(Take(node.Address, Of([Process(node.Address, "raft", $"{Long}#{i}")]), connection: 1));
        }

        Assert.InRange(node.Size, Long.Length, 2 * Long.Length);
    }

    [Fact]
    public void Engines_that_a_node_names_on_other_nodes_are_dropped()
    {
        var node = _nodes.Name(AddressOf(1));

        Take(node.Address, Of([.. Enumerable.Range(1, 1000).Select(i => Process(AddressOf(i), $"raft{i}"))]));

        Assert.Equal("raft1", Assert.Single(node.Processes).Name.Process);
    }

    private static Address AddressOf(int number) => new("akka.tcp", "demo", "127.0.0.1", number + 2);

    private static LocalProcess Process(Address address, string name, string suffix = "") =>
        new("default", new ProcessName($"{name}@node"), $"{address}/system/raft/default/{name}{suffix}");

    private static WireMessage.Presence Of(ImmutableArray<LocalProcess> processes) => new(processes, [], IsComplete: true);

    // As the registry does. By a new connection, if none is named.
    private bool Take(Address address, WireMessage.Presence presence, long? connection = null)
    {
        ConnectionNews.Told told = new(address, connection ?? ++_connection, presence);
        return _nodes.Admit(told) is { } node && node.Take(told.Connection, _nodes.OfNode(node, presence)) is not null;
    }
}

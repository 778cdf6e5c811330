using System.Collections.Immutable;

using Akka.Actor;
using Akka.Event;

using RaftActors.Core;
using RaftActors.Discovery;
using RaftActors.Wire;

namespace RaftActors.Tests.Discovery;

/// <summary>Programs that nobody knows send Hellos, many more than a registry takes.</summary>
public sealed class KnownNodesTests
{
    // So a hundred of such processes are as many as a list may have.
    private static readonly string Long = new('p', (int)(HelloParts.SizeMax / 100));

    private readonly KnownNodes _nodes = new(NoLogger.Instance, TimeProvider.System);
    private long _number;

    [Fact]
    public void Unnamed_nodes_beyond_the_bound_are_ignored_and_a_named_node_is_known_all_the_same()
    {
        var taken = Enumerable.Range(0, Share.Of(2, 4, 10) * KnownNodes.UnnamedMax).Count(i => Take(AddressOf(i), Hello([])));

        Assert.Equal((KnownNodes.UnnamedMax, KnownNodes.UnnamedMax), (taken, _nodes.Count));
        var named = _nodes.Name(AddressOf(-1));
        Assert.True(Take(named.Address, Hello([Process(named.Address, "raft2")])));
        Assert.Single(named.Processes);
    }

    [Fact]
    public void Unnamed_node_takes_the_place_of_one_that_is_gone_or_is_named()
    {
        foreach (var i in Enumerable.Range(0, KnownNodes.UnnamedMax))
        {
            Take(AddressOf(i), Hello([]));
        }

        _nodes.Remove(AddressOf(7));
        _nodes.Name(AddressOf(8));

        Assert.Equal([true, true, false], Enumerable.Range(5000, 3).Select(i => Take(AddressOf(i), Hello([]))));
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
            Take(AddressOf(62_000 + i), Hello([]));
            _nodes.Name(AddressOf(62_000 + i));
            _nodes.Unname(_nodes.Name(AddressOf(62_000 + i)));
            _nodes.Remove(AddressOf(62_000 + i));
            _nodes.Remove(AddressOf(62_000 + i));
        }

        // The one that is no longer named has a place of them.
        Assert.Equal(
            KnownNodes.UnnamedMax - 1, Enumerable.Range(0, 2 * KnownNodes.UnnamedMax).Count(i => Take(AddressOf(i), Hello([]))));
    }

    [Fact]
    public void Node_that_is_named_no_more_stays_though_the_unnamed_ones_fill_the_bound()
    {
        var node = _nodes.Name(AddressOf(60_000));
        foreach (var i in Enumerable.Range(0, KnownNodes.UnnamedMax))
        {
            Take(AddressOf(i), Hello([]));
        }

        _nodes.Unname(node);

        Assert.True(Take(node.Address, Hello([])));
        _nodes.Remove(AddressOf(7));
        Assert.False(Take(AddressOf(5000), Hello([])));
        _nodes.Remove(AddressOf(8));
        Assert.True(Take(AddressOf(5000), Hello([])));
    }

    // Otherwise a node whose list comes slowly would be forgotten before its end.
    [Fact]
    public void Part_of_a_list_shows_that_its_node_is_there()
    {
        var part = new WireMessage.Hello([], IsReply: false, new ListNumber(7, 1), Place: 0, Count: 2);

        Assert.Null(_nodes.Take(AddressOf(1), part, TimeSpan.FromSeconds(5)));

        Assert.Equal(TimeSpan.FromSeconds(5), _nodes.Find(AddressOf(1))?.HeardAt);
    }

    [Fact]
    public void Processes_whose_stop_is_long_ago_take_no_room()
    {
        var node = _nodes.Name(AddressOf(1));
        Take(node.Address, Hello([Process(node.Address, "raft1", Long)]));
        Take(node.Address, Hello([]));
        Assert.InRange(node.Size, Long.Length, HelloParts.SizeMax);

        node.ForgetStopped(TimeSpan.FromSeconds(1));

        Assert.Equal(0, node.Size);
    }

    [Fact]
    public void Lists_of_all_unnamed_nodes_together_stay_within_the_bound_and_that_of_a_named_node_has_room()
    {
        foreach (var i in Enumerable.Range(0, 1000))
        {
            Take(AddressOf(i), Hello([Process(AddressOf(i), "raft", Long)]));
        }

        Assert.InRange(_nodes.All.Sum(node => node.Size), KnownNodes.UnnamedSizeMax * 9 / 10, KnownNodes.UnnamedSizeMax);
        var named = _nodes.Name(AddressOf(-1));
        Assert.True(Take(named.Address, Hello([Process(named.Address, "raft2", Long)])));
        Assert.Single(named.Processes);
    }

    [Fact]
    public void List_whose_parts_never_end_stays_within_the_bound_and_the_next_list_is_taken()
    {
        var node = _nodes.Name(AddressOf(1));
        var list = new ListNumber(7, ++_number);
        foreach (var place in Enumerable.Range(0, 1000))
        {
            Take(node.Address, new WireMessage.Hello([Process(node.Address, "raft", Long)], false, list, place, int.MaxValue));
        }

        Assert.InRange(node.Size, HelloParts.SizeMax * 9 / 10, HelloParts.SizeMax);
        Assert.True(Take(node.Address, Hello([Process(node.Address, "raft2")])));
    }

    [Fact]
    public void Node_that_drops_and_renames_its_processes_again_and_again_is_remembered_within_the_bound()
    {
        var node = _nodes.Name(AddressOf(1));
        foreach (var i in Enumerable.Range(0, 1000))
        {
            Take(node.Address, Hello([Process(node.Address, $"raft{i}", Long)]));
        }

        Assert.InRange(node.Size, HelloParts.SizeMax * 9 / 10, 2 * HelloParts.SizeMax);
        Assert.Equal("raft998", node.Stopped.Last().Name.Process);
    }

    [Fact]
    public void Engines_that_a_node_names_on_other_nodes_are_dropped()
    {
        var node = _nodes.Name(AddressOf(1));

        Take(node.Address, Hello([.. Enumerable.Range(1, 1000).Select(i => Process(AddressOf(i), $"raft{i}"))]));

        Assert.Equal("raft1", Assert.Single(node.Processes).Name.Process);
    }

    private static Address AddressOf(int number) => new("akka.tcp", "demo", "127.0.0.1", number + 2);

    private static LocalProcess Process(Address address, string name, string suffix = "") =>
        new("default", new ProcessName($"{name}@node"), $"{address}/system/raft/default/{name}{suffix}");

    private WireMessage.Hello Hello(ImmutableArray<LocalProcess> processes) =>
        new(processes, IsReply: false, new ListNumber(7, ++_number));

    // As the registry does.
    private bool Take(Address address, WireMessage.Hello hello)
    {
        if (_nodes.Take(address, hello, TimeSpan.Zero) is not var (node, processes))
        {
            return false;
        }

        return node.Take(hello, processes, TimeSpan.Zero) is not null;
    }
}

namespace RaftActors.Tests.Groups;

/// <summary>Groups that begin as one process, grow, shrink and are started again, over real sockets and files.</summary>
public sealed class GrowingGroupTests : NodesTest
{
    private const string Joining = "raft.joining = on";

    private readonly Dictionary<ProcessName, NamedNode> _nodes = [];
    private int _appended;

    [Fact]
    public void Group_of_one_grows_to_three_shrinks_to_one_without_its_founder_and_grows_to_three_again()
    {
        var (first, second, third) = (NamedNode.NewName(), NamedNode.NewName(), NamedNode.NewName());
        Start(first, RosterOf(first));
        Append(first);
        Start(second, Joining);
        Join(second, by: first);
        ExpectMembers(2, first, second);
        Append(second);
        Start(third, Joining);
        Join(third, by: second);
        ExpectMembers(3, first, second, third);
        Append(third);

        Leave(first, by: second);
        ExpectRemoved(first);
        ExpectMembers(2, second, third);
        Append(second);
        Leave(second, by: second);
        ExpectRemoved(second);
        ExpectMembers(1, third);
        Append(third);

        Join(first, by: third);
        Join(second, by: third);
        ExpectMembers(3, first, second, third);
        Append(first);
        foreach (var node in _nodes.Values)
        {
            node.Expect($"append {_appended} key{_appended}=v{(node.Name == first ? " own" : "")}");
        }
    }

    [Fact]
    public void Nodes_with_one_configuration_join_by_themselves_and_come_back_when_they_were_removed()
    {
        var (first, second, third) = (NamedNode.NewName(), NamedNode.NewName(), NamedNode.NewName());
        var config = $"raft.joining = auto\n{RosterOf(first)}";
        Start(first, config);
        Append(first);
        Start(second, config);
        ExpectMembers(2, first, second);
        Start(third, config);
        ExpectMembers(3, first, second, third);
        Append(third);

        _nodes[third].Stop();
        Leave(third, by: first);
        ExpectMembers(2, first, second);
        Start(third, config);

        ExpectMembers(3, first, second, third);
        Append(third);

        Leave(second, by: first);
        ExpectMembers(2, first, third);
        ExpectMembers(3, first, second, third);
        Append(second);
    }

    [Fact]
    public void Founder_that_was_removed_and_lost_its_store_joins_by_itself()
    {
        var (first, second, third) = (NamedNode.NewName(), NamedNode.NewName(), NamedNode.NewName());
        var config = $"raft.joining = auto\n{RosterOf(first, second, third)}";
        foreach (var name in new[] { first, second, third })
        {
            Start(name, config);
        }

        ExpectMembers(3, first, second, third);
        _nodes[third].Stop();
        Leave(third, by: first);
        ExpectMembers(2, first, second);
        Directory.Delete(Folder[third.Node], recursive: true);

        Start(third, config);

        ExpectMembers(3, first, second, third);
        Append(third);
    }

    private static string RosterOf(params ProcessName[] names) =>
        $"raft.group = default\nraft.roster = [{string.Join(", ", names.Select(name => $"\"{name}\""))}]";

    private void Start(ProcessName name, string config)
    {
        var store = $"raft.store {{ directory = \"{Folder[name.Node]}\", segment-size = 1MiB, free-space-floor = 0b }}";
        _nodes[name] = new NamedNode(this, name, $"{config}\n{store}");
    }

    private void Append(ProcessName by)
    {
        _appended++;
        _nodes[by].Tell(new Recorder.Append($"key{_appended}", "v", TimeSpan.FromSeconds(20)), TestActor);
        ExpectMsg<Outcome<int>>(TimeSpan.FromSeconds(30)).OrThrow();
    }

    private void Join(ProcessName name, ProcessName by)
    {
        _nodes[by].Tell(new Recorder.Join(name), TestActor);
        ExpectChange();
    }

    private void Leave(ProcessName name, ProcessName by)
    {
        _nodes[by].Tell(new Recorder.Leave(name), TestActor);
        ExpectChange();
    }

    private void ExpectChange()
    {
        var outcome = ExpectMsg<Outcome<Membership>>(TimeSpan.FromSeconds(30));
        Assert.True(outcome is { Failure: null }, $"The change ended as {outcome}.");
    }

    private void ExpectRemoved(ProcessName name) => _nodes[name].ExpectEvent<RaftEvent.Removed>(_ => true);

    // Each process knows the members, and this many vote.
    private void ExpectMembers(int voters, params ProcessName[] names)
    {
        foreach (var name in names)
        {
            _nodes[name].ExpectEvent<RaftEvent.MembersChanged>(changed =>
                names.Order().SequenceEqual(changed.Members.Select(member => member.Name))
                && changed.Members.Count(member => member.IsVoter) == voters);
        }
    }
}

namespace RaftActors.Tests.Groups;

/// <summary>A node that was started twice: the second process has the name of one that runs, another port and an empty store.</summary>
public sealed class DuplicateTests : NodesTest
{
    // The processes 1 to 3 vote, and no vote passes to the second process of a name while the first one is away.
    private const string KeepsVoters = $"{ClusterNode.FoundsWithAll}\nraft.quorum.stable-after = 1h";

    private readonly List<ClusterNode> _nodes = [];

    [Fact]
    public void Second_process_of_a_name_is_refused_and_every_node_says_so_while_it_runs()
    {
        Found();
        var first = _nodes[1];

        var duplicate = StartDuplicate(2);

        foreach (var node in _nodes.Take(4))
        {
            var taken = node.ExpectEvent<RaftEvent.NameTaken>(taken => taken.Name == first.Status.Name);
            Assert.Contains($"runs at {duplicate.Address}", taken.Detail);
            Assert.Contains("raft.node", taken.Detail);
            Assert.Equal(taken.Why, node.Status.NameConflict);
        }

        duplicate.ExpectEvent<RaftEvent.Refused>(refused => refused.Reason == nameof(RefusalReason.NameTaken));
        Assert.NotNull(duplicate.Status.NameConflict);

        // The first process is a member as before.
        first.Append("key", "value", TestActor);
        ExpectMsg<Outcome<int>>(Guard).OrThrow();
        _nodes[0].Expect("append 5 key=value");

        duplicate.Stop();
        AwaitCondition(() => _nodes.Take(4).All(node => node.Status.NameConflict is null), Guard);
    }

    [Fact]
    public void Second_process_rejoins_as_one_with_a_new_store_when_the_first_one_has_stopped()
    {
        Found();
        var duplicate = StartDuplicate(1);
        duplicate.ExpectEvent<RaftEvent.Refused>(refused => refused.Reason == nameof(RefusalReason.NameTaken));

        _nodes[0].Stop();
        _nodes[1].Append("key", "value", TestActor);

        duplicate.Expect("append 5 key=value");
        AwaitCondition(() => duplicate.Status is { NameConflict: null, Leader: not null }, Guard);
    }

    [Fact]
    public void One_of_two_processes_that_the_group_took_in_leaves_and_the_other_one_votes_as_before()
    {
        Found(Folder.Path);
        var name = _nodes[1].Status.Name;
        var first = Assert.Single(IncarnationsOf(name));
        _nodes[1].Stop();
        StartDuplicate(2, seed: 0);
        AwaitCondition(() => IncarnationsOf(name).Length == 2, Guard);
        var second = IncarnationsOf(name).Single(one => one != first);
        var restarted = new ClusterNode(this, 2, 0, _nodes[0], Folder.Path, KeepsVoters);
        _nodes.Add(restarted);
        restarted.Append("before", "value", TestActor);
        ExpectMsg<Outcome<int>>(Guard).OrThrow();

        _nodes[0].Leave(name, second, TestActor);

        var members = ExpectMsg<Outcome<Membership>>(Guard).OrThrow().ResultOr(null!).Members;
        var member = Assert.Single(members, one => one.Name == name);
        Assert.True(member.IsVoter);
        Assert.Equal(first, Assert.Single(member.Incarnations));
        _nodes[0].ExpectEvent<RaftEvent.NameTaken>(taken => taken.Name == name);
        restarted.Append("key", "value", TestActor);
        ExpectMsg<Outcome<int>>(Guard).OrThrow();
    }

    private ImmutableArray<Incarnation> IncarnationsOf(ProcessName name) =>
        _nodes[0].Status.Members.Single(member => member.Name == name).Incarnations;

    private void Found(string? stores = null)
    {
        for (var number = 1; number <= 4; number++)
        {
            _nodes.Add(new ClusterNode(this, number, number < 4 ? 4 : 0, _nodes.FirstOrDefault(), stores, KeepsVoters));
        }

        _nodes.ForEach(node => node.ExpectEvent<RaftEvent.MembersChanged>(changed => changed.Members.Length == 4));
    }

    private ClusterNode StartDuplicate(int number, int seed = 1)
    {
        var duplicate = new ClusterNode(this, number, 0, _nodes[seed], config: KeepsVoters);
        _nodes.Add(duplicate);
        return duplicate;
    }
}

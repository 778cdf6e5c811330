namespace RaftActors.Tests.Clients;

public sealed class GroupFinderTests
{
    private static readonly TimeSpan AttemptTimeout = TimeSpan.FromSeconds(1);
    private static readonly Address Node = RaftAddress.Of("10.0.0.1:2551")!;

    private readonly List<ProcessAddress> _asked = [];
    private readonly List<Address> _askedNodes = [];
    private readonly GroupFinder _finder;
    private readonly List<ProcessAddress?> _routes = [];
    private TimeSpan _now = TimeSpan.FromMinutes(1);

    public GroupFinderTests() => _finder = new GroupFinder(
        "orders", _asked.Add, _askedNodes.Add, [Node], () => "", AttemptTimeout, _ => _routes.Add(_finder!.Route));

    [Fact]
    public void Each_change_of_the_route_is_told_once()
    {
        Locate("first", leader: "first", term: 1);
        Locate("first", leader: "first", term: 1);
        _finder.OnUnreachable(NodeOf("second"), _now);
        _finder.OnUnreachable(NodeOf("first"), _now);
        Locate("second", leader: "second", term: 2);
        _finder.OnNotLeading(new ClientReply.NotLeading(NameOf("second"), new Term(2), MayBeWritten: false), _now);
        _finder.OnNotLeading(new ClientReply.NotLeading(null, default, MayBeWritten: false), _now);
        Locate("second", leader: "second", term: 2);
        _finder.OnSilent(_now);
        _finder.OnSilent(_now);

        Assert.Equal([At("first"), null, At("second"), null, At("second"), null], _routes);
    }

    [Fact]
    public void Leader_of_an_older_term_is_not_followed_while_processes_know_a_later_one()
    {
        Locate("first", leader: "first", term: 1);
        Locate("second", leader: "second", term: 9);

        Locate("first", leader: "first", term: 1);
        Assert.Equal(At("second"), _finder.Route);

        _finder.OnSilent(_now);
        Locate("first", leader: "first", term: 1);
        Assert.Null(_finder.Route);
    }

    [Fact]
    public void Group_that_is_founded_anew_in_the_first_term_is_found()
    {
        Locate("first", leader: "first", term: 9);
        _finder.OnSilent(_now);
        _now += AttemptTimeout;

        Locate("second", leader: "second", term: 1);

        Assert.Equal(At("second"), _finder.Route);
    }

    [Fact]
    public void Question_that_any_process_may_answer_goes_to_the_own_node_first_and_to_the_leader_next()
    {
        Locate("local", leader: "local", term: 1);
        Locate("leader", leader: "leader", term: 1);

        Assert.Equal(At("local"), _finder.Find(null, attempts: 0, NodeOf("local")));
        Assert.Equal(At("leader"), _finder.Find(null, attempts: 1, NodeOf("local")));
        Assert.Equal(At("leader"), _finder.Find(null, attempts: 0));
    }

    [Fact]
    public void Processes_are_asked_for_the_leader_in_pauses_that_grow_until_there_is_one()
    {
        Locate("first", leader: null, term: 0);
        List<int> asked = [];
        for (var second = 0; second < 10; second++)
        {
            asked.Add(AskedInOneSecond());
        }

        Assert.Equal([8, 1, 1, 1, 1, 1, 1, 1, 1, 1], asked);

        Locate("first", leader: "first", term: 1);
        _finder.OnSilent(_now);
        Assert.Equal(8, AskedInOneSecond());

        _now += 2 * AttemptTimeout;
        Assert.Equal(8, AskedInOneSecond());

        int AskedInOneSecond()
        {
            _asked.Clear();
            for (var tick = 0; tick < 20; tick++)
            {
                _finder.Ask(_now);
                _now += AttemptTimeout / 20;
            }

            return _asked.Count;
        }
    }

    [Fact]
    public void Process_that_is_silent_is_asked_last()
    {
        Locate("b", leader: "b", term: 1);
        Locate("a", leader: "b", term: 1);
        Locate("c", leader: "b", term: 1);
        _finder.OnUnreachable(NodeOf("a"), _now);

        Assert.Equal(["b", "c", "a"], Enumerable.Range(0, 3).Select(attempt => _finder.Find(null, attempt)!.Node.Host));
    }

    [Fact]
    public void Process_that_was_named_is_asked_and_no_other_one()
    {
        Locate("first", leader: "first", term: 1);
        Locate("second", leader: "first", term: 1);

        Assert.Equal(At("second"), _finder.Find(NameOf("second"), attempts: 0));
        Assert.Equal(At("second"), _finder.Find(NameOf("second"), attempts: 1));
        Assert.Null(_finder.Find(NameOf("third"), attempts: 0));
    }

    [Fact]
    public void Leader_of_another_group_is_not_followed()
    {
        _finder.Receive(Located("first", "first", 1) with { Group = "bills" }, _now);

        Assert.Null(_finder.Route);
        Assert.Null(_finder.Find(null, attempts: 0));
    }

    [Fact]
    public void Leader_of_another_group_of_the_same_name_is_not_followed_while_the_own_one_answers()
    {
        var (ownUid, otherUid) = (new GroupUid(Guid.NewGuid()), new GroupUid(Guid.NewGuid()));
        var first = Located("own", "own", term: 2, ownUid);
        _finder.Receive(first with { Processes = [.. first.Processes, At("other")] }, _now);
        Assert.NotNull(_finder.Find(NameOf("other"), attempts: 0));

        Locate("other", leader: "other", term: 9, otherUid);

        Assert.Equal(At("own"), _finder.Route);
        Assert.Null(_finder.Find(NameOf("other"), attempts: 0));

        _finder.OnSilent(_now);
        _now += AttemptTimeout;
        Locate("other", leader: "other", term: 9, otherUid);
        Assert.Equal(At("other"), _finder.Route);
    }

    // A client may run for months before a restored group answers it.
    [Fact]
    public void Own_group_that_answers_again_and_again_is_kept_for_another_attempt_timeout()
    {
        var (ownUid, otherUid) = (new GroupUid(Guid.NewGuid()), new GroupUid(Guid.NewGuid()));
        Locate("own", leader: "own", term: 2, ownUid);
        _now += AttemptTimeout / 2;
        Locate("own", leader: "own", term: 2, ownUid);
        _now += AttemptTimeout / 2;

        Locate("other", leader: "other", term: 9, otherUid);

        Assert.Equal(At("own"), _finder.Route);
    }

    [Fact]
    public void Follower_is_the_route_when_its_leader_was_silent_for_long_and_stays_it()
    {
        Locate("leader", leader: "leader", term: 1);
        _finder.OnSilent(_now);

        Locate("second", leader: "leader", term: 1);
        Assert.Null(_finder.Route);

        _now += AttemptTimeout;
        Locate("second", leader: "leader", term: 1);
        Locate("third", leader: "leader", term: 1);
        Assert.Equal(At("second"), _finder.Route);

        Locate("leader", leader: "leader", term: 1);
        Assert.Equal(At("leader"), _finder.Route);
    }

    [Fact]
    public void Route_ends_when_its_process_knows_no_leader_any_more()
    {
        Locate("first", leader: "first", term: 1);
        Locate("second", leader: null, term: 2);
        Assert.Equal(At("first"), _finder.Route);

        Locate("first", leader: null, term: 2);

        Assert.Null(_finder.Route);
    }

    [Fact]
    public void Registry_that_knows_no_leader_does_not_end_the_route()
    {
        Locate("first", leader: "first", term: 1);

        _finder.Receive(new ClientReply.Located("orders", null, null, default, [At("first")]), _now);

        Assert.Equal(At("first"), _finder.Route);
    }

    [Fact]
    public void Route_ends_when_its_process_has_restarted_on_another_node()
    {
        Locate("first", leader: "first", term: 1);

        _finder.Receive(new ClientReply.Located("orders", null, null, default, [new(NameOf("first"), NodeOf("after"))]), _now);

        Assert.Null(_finder.Route);
    }

    [Fact]
    public void Route_ends_with_the_connection_to_its_node()
    {
        Locate("first", leader: "first", term: 1);

        _finder.OnUnreachable(NodeOf("second"), _now);
        Assert.Equal(At("first"), _finder.Route);
        _finder.OnUnreachable(NodeOf("first"), _now);

        Assert.Null(_finder.Route);
    }

    [Fact]
    public void No_more_than_256_processes_are_remembered()
    {
        var processes = Enumerable.Range(0, 10 * GroupFinder.ProcessesMax).Select(i => At($"process{i}"));

        _finder.Receive(new ClientReply.Located("orders", null, null, new Term(1), [.. processes]), _now);

        Assert.Equal(GroupFinder.ProcessesMax, _finder.WhyNoRoute.Split("@node").Length - 1);
        _finder.Ask(_now);
        Assert.Equal(GroupFinder.ProcessesMax, _asked.Count);
    }

    // The processes of a group may get other names and nodes with each deployment, and a client may run for years.
    [Fact]
    public void Process_that_is_silent_for_longest_makes_room_for_a_new_one()
    {
        Locate("process0", leader: "process0", term: 1);
        for (var i = 1; i < GroupFinder.ProcessesMax; i++)
        {
            Locate($"process{i}", leader: "process0", term: 1);
        }

        _finder.OnUnreachable(NodeOf("process7"), _now);
        _now += AttemptTimeout;
        _finder.OnUnreachable(NodeOf("process0"), _now);
        Locate("new", leader: "new", term: 2);

        Assert.Null(_finder.Find(NameOf("process7"), attempts: 0));
        Assert.NotNull(_finder.Find(NameOf("process0"), attempts: 0));
        Assert.Equal(At("new"), _finder.Route);
        Locate("newer", leader: "newer", term: 3);
        Locate("newest", leader: "newest", term: 4);
        Assert.Null(_finder.Find(NameOf("process0"), attempts: 0));
        Assert.Null(_finder.Find(NameOf("newest"), attempts: 0));
    }

    [Fact]
    public void No_more_than_256_nodes_that_may_know_the_group_are_asked_and_each_once_at_a_time()
    {
        var nodes = Enumerable.Range(0, 10 * GroupFinder.ProcessesMax).Select(i => NodeOf($"node{i}")).ToArray();
        var located = new ClientReply.Located("orders", null, null, default, []) { Others = [.. nodes] };

        _finder.Receive(located, _now);
        _finder.Receive(located, _now);

        Assert.Equal(nodes.Take(GroupFinder.ProcessesMax), _askedNodes);
    }

    [Fact]
    public void Other_nodes_are_not_asked_when_processes_are_known()
    {
        Locate("first", leader: null, term: 1);

        _finder.Receive(new ClientReply.Located("orders", null, null, default, []) { Others = [NodeOf("second")] }, _now);

        Assert.Empty(_askedNodes);
    }

    [Fact]
    public void Groups_of_the_nodes_are_named_if_none_has_a_process_of_the_group()
    {
        _finder.Receive(new ClientReply.Located("orders", null, null, default, []) { OtherGroups = ["bills"] }, _now);
        _finder.Receive(new ClientReply.Located("orders", null, null, default, []) { OtherGroups = ["carts", "bills"] }, _now);

        Assert.Equal(
            "No node that answered has a process of group 'orders'; name one of the groups there: bills, carts.", _finder.WhyNoRoute);
    }

    [Fact]
    public void Registries_are_asked_once_in_a_quarter_of_the_attempt_timeout()
    {
        _finder.Ask(_now);
        _finder.Ask(_now + (AttemptTimeout / 5));
        Assert.Equal([Node], _askedNodes);
        _finder.Ask(_now + (AttemptTimeout / 4));

        Assert.Equal([Node, Node], _askedNodes);
    }

    private void Locate(string by, string? leader, long term, GroupUid uid = default) =>
        _finder.Receive(Located(by, leader, term, uid), _now);

    private static ClientReply.Located Located(string by, string? leader, long term, GroupUid uid = default) =>
        new("orders", NameOf(by), leader is null ? null : NameOf(leader), new Term(term), [At(by)], uid);

    private static ProcessAddress At(string name) => new(NameOf(name), NodeOf(name));

    private static ProcessName NameOf(string name) => new($"{name}@node");

    private static Address NodeOf(string name) => RaftAddress.Of($"{name}:2551")!;
}

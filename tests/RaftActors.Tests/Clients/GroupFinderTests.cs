using Akka.Actor;
using Akka.TestKit.Xunit2;

using RaftActors.Clients;
using RaftActors.Core;
using RaftActors.Wire;

namespace RaftActors.Tests.Clients;

public sealed class GroupFinderTests : TestKit
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, IActorRef> _engines = [];
    private readonly GroupFinder _finder;
    private TimeSpan _now = TimeSpan.FromMinutes(1);

    public GroupFinderTests() => _finder = new GroupFinder("orders", (_, _) => { }, _ => { }, path => _engines[path], () => "", Patience);

    [Fact]
    public void Leader_of_an_older_term_is_not_followed_while_processes_know_a_later_one()
    {
        var (first, second) = (NewEngine("first"), NewEngine("second"));
        Locate(first, "first", term: 1);
        Locate(second, "second", term: 9);

        Locate(first, "first", term: 1);
        Assert.Equal(second, _finder.Way);

        _finder.OnSilent(_now);
        Locate(first, "first", term: 1);
        Assert.Null(_finder.Way);
    }

    [Fact]
    public void Group_that_is_founded_anew_in_the_first_term_is_found()
    {
        var before = NewEngine("first");
        Locate(before, "first", term: 9);
        _finder.OnSilent(_now);
        _now += Patience;
        var after = NewEngine("second");

        Locate(after, "second", term: 1);

        Assert.Equal(after, _finder.Way);
    }

    [Fact]
    public void Question_that_any_process_may_answer_goes_to_the_own_node_first_and_to_the_leader_next()
    {
        var (local, leader) = (NewEngine("local"), CreateTestProbe().Ref);
        _engines["leader"] = new EngineElsewhere(leader, "akka.tcp://shop@10.0.0.1:2551/system/raft/orders/leader");
        Locate(_engines["leader"], "leader", term: 1);
        Locate(local, "local", term: 1);
        Locate(_engines["leader"], "leader", term: 1);

        Assert.Equal(local, _finder.Find(null, attempts: 0, prefersOwnNode: true));
        Assert.Equal(_engines["leader"], _finder.Find(null, attempts: 1, prefersOwnNode: true));
        Assert.Equal(_engines["leader"], _finder.Find(null, attempts: 0));
    }

    [Fact]
    public void Leader_of_another_group_is_not_followed()
    {
        var (name, engine) = (new ProcessName("first@node"), NewEngine("first"));

        _finder.Receive(new ClientReply.Located("bills", name, new Term(1), [new LocalProcess("orders", name, "first")]), engine, _now);

        Assert.Null(_finder.Way);
    }

    [Fact]
    public void Process_of_another_group_is_not_asked()
    {
        var bills = new LocalProcess("bills", new ProcessName("bills@node"), "bills");
        NewEngine("bills");

        _finder.Receive(new ClientReply.Located("orders", null, default, [bills]), NewEngine("first"), _now);

        Assert.Null(_finder.Find(bills.Name, attempts: 0));
    }

    [Fact]
    public void Leader_of_another_group_of_the_same_name_is_not_followed_while_the_own_one_answers()
    {
        var (own, other) = (NewEngine("own"), NewEngine("other"));
        var (ownUid, otherUid) = (new GroupUid(Guid.NewGuid()), new GroupUid(Guid.NewGuid()));
        var known = new LocalProcess("orders", new ProcessName("other@node"), "other");
        var first = Located("own", term: 2, ownUid);
        _finder.Receive(first with { Processes = [.. first.Processes, known] }, own, _now);
        Assert.NotNull(_finder.Find(known.Name, attempts: 0));

        Locate(other, "other", term: 9, otherUid);

        Assert.Equal(own, _finder.Way);
        Assert.Null(_finder.Find(known.Name, attempts: 0));

        _finder.OnSilent(_now);
        _now += Patience;
        Locate(other, "other", term: 9, otherUid);
        Assert.Equal(other, _finder.Way);
    }

    // A client may run for months before a restored group answers it.
    [Fact]
    public void Own_group_that_answers_again_and_again_is_kept_for_another_patience()
    {
        var (own, other) = (NewEngine("own"), NewEngine("other"));
        var (ownUid, otherUid) = (new GroupUid(Guid.NewGuid()), new GroupUid(Guid.NewGuid()));
        Locate(own, "own", term: 2, ownUid);
        _now += Patience / 2;
        Locate(own, "own", term: 2, ownUid);
        _now += Patience / 2;

        Locate(other, "other", term: 9, otherUid);

        Assert.Equal(own, _finder.Way);
    }

    [Fact]
    public void Follower_is_the_way_when_its_leader_was_silent_for_long_and_stays_it()
    {
        var (leader, second, third) = (NewEngine("leader"), NewEngine("second"), NewEngine("third"));
        Locate(leader, "leader", term: 1);
        _finder.OnSilent(_now);

        Locate(second, "leader", term: 1);
        Assert.Null(_finder.Way);

        _now += Patience;
        Locate(second, "leader", term: 1);
        Locate(third, "leader", term: 1);
        Assert.Equal(second, _finder.Way);

        Locate(leader, "leader", term: 1);
        Assert.Equal(leader, _finder.Way);
    }

    [Fact]
    public void Way_ends_when_its_process_knows_no_leader_any_more()
    {
        var (first, second) = (NewEngine("first"), NewEngine("second"));
        Locate(first, "first", term: 1);

        _finder.Receive(new ClientReply.Located("orders", null, new Term(2), []), second, _now);
        Assert.Equal(first, _finder.Way);
        _finder.Receive(new ClientReply.Located("orders", null, new Term(2), []), first, _now);

        Assert.Null(_finder.Way);
    }

    [Fact]
    public void Way_ends_when_its_process_has_restarted()
    {
        var name = new ProcessName("first@node");
        Locate(NewEngine("first"), "first", term: 1);
        var after = NewEngine("after");
        _finder.Receive(new ClientReply.Located("orders", null, default, [new LocalProcess("orders", name, "after")]), after, _now);

        Assert.Null(_finder.Way);
    }

    [Fact]
    public void Way_ends_with_the_connection_to_its_node()
    {
        var engine = NewEngine("first");
        Locate(engine, "first", term: 1);

        _finder.OnUnreachable(new Address("akka.tcp", "shop", "10.0.0.9", 2551), _now);
        Assert.Equal(engine, _finder.Way);
        _finder.OnUnreachable(engine.Path.Address, _now);

        Assert.Null(_finder.Way);
    }

    [Fact]
    public void No_more_than_256_engines_are_remembered()
    {
        var any = CreateTestProbe().Ref;
        var resolved = 0;
        var finder = new GroupFinder(
            "orders",
            (_, _) => { },
            _ => { },
            _ =>
            {
                resolved++;
                return any;
            },
            () => "",
            Patience);
        var processes = Enumerable.Range(0, 10 * GroupFinder.EnginesMax)
            .Select(i => new LocalProcess("orders", new ProcessName($"process{i}@node"), $"path{i}"));

        finder.Receive(new ClientReply.Located("orders", null, new Term(1), [.. processes]), any, _now);

        Assert.Equal(GroupFinder.EnginesMax, finder.WhyNoWay.Split("@node").Length - 1);
        Assert.Equal(GroupFinder.EnginesMax, resolved);
    }

    [Fact]
    public void Registries_are_asked_once_in_a_quarter_of_the_patience()
    {
        var asked = 0;
        var finder = new GroupFinder("orders", (_, _) => { }, _ => asked++, path => _engines[path], () => "", Patience);

        finder.Ask(_now);
        finder.Ask(_now + Patience / 5);
        Assert.Equal(1, asked);
        finder.Ask(_now + Patience / 4);

        Assert.Equal(2, asked);
    }

    [Fact]
    public void Only_the_engine_on_the_way_is_asked_whether_it_is_still_there()
    {
        List<IActorRef> asked = [];
        var finder = new GroupFinder("orders", (engine, _) => asked.Add(engine), _ => { }, path => _engines[path], () => "", Patience);
        Assert.False(finder.TryPing());
        Assert.Empty(asked);
        foreach (var name in new[] { "first", "second" })
        {
            finder.Receive(Located(name, 1), NewEngine(name), _now);
        }

        Assert.True(finder.TryPing());

        Assert.Equal([_engines["second"]], asked);
    }

    private IActorRef NewEngine(string name) => _engines[name] = CreateTestProbe().Ref;

    private void Locate(IActorRef sender, string leader, long term, GroupUid uid = default) =>
        _finder.Receive(Located(leader, term, uid), sender, _now);

    private static ClientReply.Located Located(string leader, long term, GroupUid uid = default)
    {
        var name = new ProcessName($"{leader}@node");
        return new ClientReply.Located("orders", name, new Term(term), [new LocalProcess("orders", name, leader)], uid);
    }

    private sealed class EngineElsewhere(IActorRef engine, string path) : ActorRefBase
    {
        public override ActorPath Path { get; } = ActorPath.Parse(path);

        protected override void TellInternal(object message, IActorRef? sender) => engine.Tell(message, sender);
    }
}

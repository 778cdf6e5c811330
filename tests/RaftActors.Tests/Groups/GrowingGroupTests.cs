using Akka.TestKit.Xunit2;

using RaftActors.Core;

namespace RaftActors.Tests.Groups;

/// <summary>Groups that begin as one process, grow, shrink and are started again, over real sockets and files.</summary>
public sealed class GrowingGroupTests : TestKit
{
    private const string Joining = "raft.joining = on";

    private readonly TemporaryFolder _folder = new();
    private readonly Dictionary<ProcessName, NamedNode> _nodes = [];
    private readonly List<NamedNode> _started = [];
    private int _appended;

    public GrowingGroupTests()
        : base("akka.loglevel = ERROR")
    {
    }

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
    public void Process_that_left_and_restarts_with_its_store_rejoins()
    {
        var (first, second) = (NamedNode.NewName(), NamedNode.NewName());
        Start(first, RosterOf(first));
        Start(second, Joining);
        Join(second, by: first);
        ExpectMembers(2, first, second);
        Leave(second, by: first);
        ExpectRemoved(second);
        _nodes[second].Stop();
        Append(first);

        Start(second, Joining);
        _nodes[second].ExpectEvent<RaftEvent.Removed>(_ => true);
        Join(second, by: first);

        ExpectMembers(2, first, second);
        Append(second);
    }

    [Fact]
    public void Process_that_was_removed_while_it_was_down_learns_so_and_rejoins()
    {
        var names = Found(3);
        _nodes[names[2]].Stop();
        Leave(names[2], by: names[0]);
        ExpectMembers(2, names[0], names[1]);
        Append(names[0]);

        Start(names[2], RosterOf([.. names]));
        // It learns so from a refusal, or, after a quick restart, from the log that the leader still sends.
        _nodes[names[2]].ExpectEvent<RaftEvent.Removed>(_ => true);
        Join(names[2], by: names[1]);

        ExpectMembers(3, [.. names]);
        Append(names[2]);
    }

    [Fact]
    public void Leader_that_leaves_a_group_of_two_transfers_the_leadership()
    {
        var names = Found(2);
        var leader = _nodes[names[0]].ExpectEvent<RaftEvent.LeaderChanged>(changed => changed.Leader is not null).Leader!;
        var other = names.Single(name => name != leader);

        Leave(leader.Value, by: leader.Value);

        ExpectRemoved(leader.Value);
        ExpectMembers(1, other);
        Append(other);
    }

    [Fact]
    public void Group_that_grew_from_one_to_five_elects_a_leader_after_all_restart_with_their_founding_settings()
    {
        List<ProcessName> names = [.. Enumerable.Range(0, 5).Select(_ => NamedNode.NewName())];
        Start(names[0], RosterOf(names[0]));
        foreach (var name in names.Skip(1))
        {
            Start(name, Joining);
            Join(name, by: names[0]);
        }

        ExpectMembers(5, [.. names]);
        Append(names[4]);
        _started.ForEach(node => node.Stop());

        Start(names[0], RosterOf(names[0]));
        names.Skip(1).ToList().ForEach(name => Start(name, Joining));

        // A query is asked again until there is a leader. An Append during a change of leaders may end as unknown.
        foreach (var name in names)
        {
            _nodes[name].Tell(new Recorder.Query("?", TimeSpan.FromSeconds(20)), TestActor);
            Assert.Equal(new Serial(_appended), Assert.IsType<QueryOutcome.Done>(ExpectMsg<QueryOutcome>(TimeSpan.FromSeconds(30))).Result);
        }
    }

    protected override void AfterAll()
    {
        _started.ForEach(node => node.Stop());
        _folder.Dispose();

        base.AfterAll();
    }

    private static string RosterOf(params ProcessName[] names) =>
        $"raft.roster = [{string.Join(", ", names.Select(name => $"\"{name}\""))}]";

    private List<ProcessName> Found(int count)
    {
        List<ProcessName> names = [.. Enumerable.Range(0, count).Select(_ => NamedNode.NewName())];
        names.ForEach(name => Start(name, RosterOf([.. names])));
        Append(names[^1]);
        return names;
    }

    private void Start(ProcessName name, string config)
    {
        var store = $"raft.store {{ directory = \"{_folder[name.Node]}\", segment-size = 1MiB, free-space-floor = 0b }}";
        _nodes[name] = new NamedNode(this, name, $"{config}\n{store}");
        _started.Add(_nodes[name]);
    }

    private void Append(ProcessName by)
    {
        _appended++;
        _nodes[by].Tell(new Recorder.Append($"key{_appended}", "v", TimeSpan.FromSeconds(20)), TestActor);
        Assert.IsType<Outcome<int>.Done>(ExpectMsg<Outcome<int>>(TimeSpan.FromSeconds(30)));
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
        Assert.True(outcome is Outcome<Membership>.Done, $"The change ended as {outcome}.");
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

namespace RaftActors.Tests.Groups;

/// <summary>Whole groups over real sockets without a cluster: the nodes' names are their addresses.</summary>
public sealed class NamedGroupTests : NodesTest
{
    [Fact]
    public void Processes_of_a_roster_find_each_other_by_their_names()
    {
        var names = NewNames(3);
        var nodes = names.Select(name => Start(name, $"{Roster(names)}")).ToList();

        Append(nodes[2], "key", "value");

        nodes.ForEach(node => node.ExpectEvent<RaftEvent.MembersChanged>(changed => changed.Members.Length == 3));
        nodes[0].Expect("append 1 key=value");
    }

    [Fact]
    public async Task First_status_of_a_client_has_all_processes_without_a_repeat()
    {
        var names = NewNames(3);
        var nodes = names.Select(name => Start(name, Roster(names))).ToList();
        Append(nodes[2], "key", "value");

        // Nothing is repeated within this time, so the first message to a node waits for its connection.
        await using var connection = new RaftConnection(
            [$"127.0.0.1{names[0].Node}"],
            ConfigurationFactory.ParseString("raft { client.attempt-timeout = 1h, query-timeout = 1h }"));
        var status = await connection.CreateClient("default").StatusAsync().WaitAsync(TimeSpan.FromSeconds(60));

        Assert.Equal(names.Order(), status.Processes.Select(process => process.Name));
    }

    // A format level that is too high, too, is found when the store is opened.
    [Theory]
    [InlineData("store", "the group has logic version 2, and the program of ")]
    [InlineData("no store", " and logic version 2, and the program of ")] // The others refuse it.
    [InlineData("file", "is a file")]
    public async Task Process_that_cannot_take_part_tells_the_reason_through_every_node_until_it_is_mended(string has, string why)
    {
        var names = NewNames(3);
        var nodes = names.Select(name => Start(name, Roster(names), 2)).ToList();
        nodes[2].ExpectEvent<RaftEvent.MembersChanged>(_ => Raft.Get(nodes[2].System).Processes[0].LogicVersion == 2);
        nodes[2].Stop();
        var store = Folder[names[2].Node];
        if (has != "store")
        {
            Directory.Delete(store, recursive: true);
        }

        if (has == "file")
        {
            File.WriteAllText(store, "no store");
        }

        var old = Start(names[2], Roster(names), has == "file" ? null : 1);
        bool IsTold(GroupProblem problem) => problem.Process == names[2] && $"{problem}".Contains(why, StringComparison.Ordinal);
        await AwaitAssertAsync(() => Assert.Contains(Raft.Get(old.System).Processes[0].Problems, IsTold));
        await using var connection = new RaftConnection([$"127.0.0.1{names[0].Node}"]);
        var client = connection.CreateClient("default");
        await AwaitAssertAsync(async () => Assert.Contains((await client.StatusAsync()).Problems, IsTold));

        old.Stop();
        if (has == "file")
        {
            File.Delete(store);
        }

        Start(names[2], Roster(names), logic: 2);
        await AwaitAssertAsync(async () => Assert.DoesNotContain((await client.StatusAsync()).Problems, IsTold));
    }

    [Fact]
    public void Joining_process_without_contacts_is_found_when_the_group_accepts_the_join()
    {
        var names = NewNames(2);
        var (first, newcomer) = (Start(names[0], Roster(names[0])), Start(names[1], "raft.joining = on"));

        Join(first, newcomer.Name);

        Append(newcomer, "key", "value");
        newcomer.Expect("append 1 key=value own");
    }

    [Theory]
    [InlineData("contacts", "")]
    [InlineData("roster", "named@")]
    public void Joining_process_that_names_a_node_is_known_to_it_before_the_join(string setting, string process)
    {
        var names = NewNames(2);
        var first = Start(names[0], Roster(names[0]));

        var newcomer = Start(names[1], $"raft {{ joining = on, {setting} = [\"{process}{names[0].Node}\"] }}");

        first.ExpectEvent<RaftEvent.PeerChanged>(changed => changed is { IsReachable: true } && changed.Peer == newcomer.Name);
        newcomer.ExpectEvent<RaftEvent.PeerChanged>(changed => changed is { IsReachable: true } && changed.Peer == first.Name);
    }

    [Fact]
    public void Restarted_members_find_processes_that_only_their_logs_name()
    {
        var names = NewNames(3);
        var configs = new[] { Roster(names[0]), "raft.joining = on", "raft.joining = on" }
            .Select(config => $"{config}").ToList();
        var before = names.Zip(configs, Start).ToList();
        Join(before[0], names[1]);
        Join(before[0], names[2]);
        before[0].ExpectEvent<RaftEvent.MembersChanged>(changed => changed.Members.Count(member => member.IsVoter) == 3);
        Append(before[0], "key1", "one");
        before.ForEach(node => node.Expect(node == before[0] ? "append 1 key1=one own" : "append 1 key1=one"));
        before.ForEach(node => node.Stop());

        var after = names.Zip(configs, Start).ToList();

        Append(after[0], "key2", "two");
        after[2].Expect("append 2 key2=two");
    }

    [Fact]
    public void Group_commits_after_another_extension_has_injected_its_defaults()
    {
        var names = NewNames(2);
        var nodes = names.Select(name => Start(name, Roster(names))).ToList();
        Append(nodes[0], "key1", "one");

        nodes.ForEach(node => node.InjectDefaults());

        Append(nodes[0], "key2", "two");
        Append(nodes[1], "key3", "three");
        nodes[0].Expect("append 3 key3=three");
    }

    [Fact]
    public void Leader_whose_sockets_close_is_replaced_long_before_an_election_timeout()
    {
        var names = NewNames(3);
        var timing =
            $$"""
            akka.coordinated-shutdown.run-by-actor-system-terminate = off
            raft.election-timeout { min = 60s, max = 90s }
            raft.heartbeat-interval = 1s
            raft.quorum.gone-after = 2m
            """;
        var nodes = names.Select(name => Start(name, $"{Roster(names)}\n{timing}")).ToList();

        // A founder needs to hear the other two, which may not hear each other yet. Then they could not ask each other for votes, and would
        // ask again only after an election timeout.
        var leader = nodes.Select(node => node.ExpectWholeGroup(names)).ToList()[0];
        var rest = nodes.Where(node => node.Name != leader).ToList();

        nodes.Single(node => node.Name == leader).Stop();

        foreach (var node in rest)
        {
            node.ExpectEvent<RaftEvent.PeerChanged>(changed => changed is { IsReachable: false } && changed.Peer == leader);
        }

        rest[0].ExpectEvent<RaftEvent.LeaderChanged>(changed => changed.Leader is { } next && next != leader);
    }

    private static List<ProcessName> NewNames(int count) => [.. Enumerable.Range(0, count).Select(_ => NamedNode.NewName())];

    private static string Roster(params IEnumerable<ProcessName> names) =>
        $"raft.group = default\nraft.roster = [{string.Join(", ", names.Select(name => $"\"{name}\""))}]";

    private NamedNode Start(ProcessName name, string config) => Start(name, config, 1);

    private NamedNode Start(ProcessName name, string config, int? logic)
    {
        var store = $"raft.store {{ directory = \"{Folder[name.Node]}\", segment-size = 1MiB, free-space-floor = 0b }}";
        return new NamedNode(this, name, $"{config}\n{store}", logic: logic);
    }

    private void Append(NamedNode node, string key, string value)
    {
        node.Tell(new Recorder.Append(key, value, TimeSpan.FromSeconds(20)), TestActor);
        ExpectMsg<Outcome<int>>(TimeSpan.FromSeconds(30)).OrThrow();
    }

    private void Join(NamedNode node, ProcessName name)
    {
        node.Tell(new Recorder.Join(name), TestActor);
        ExpectMsg<Outcome<Membership>>(TimeSpan.FromSeconds(30)).OrThrow();
    }
}

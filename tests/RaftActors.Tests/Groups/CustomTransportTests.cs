using Akka.Actor;
using Akka.Configuration;
using Akka.TestKit.Xunit2;

using RaftActors.Core;

namespace RaftActors.Tests.Groups;

/// <summary>Whole groups over a <see cref="RaftTransport"/>, whose network loses, repeats, delays and reorders messages.</summary>
public sealed class CustomTransportTests : TestKit
{
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(60);
    private static readonly string[] Names = ["n1", "n2", "n3"];

    private readonly TemporaryFolder _folder = new();
    private readonly BadNetwork _network = new(seed: 1);
    private readonly List<CustomNode> _nodes = [];

    public CustomTransportTests()
        : base("akka.loglevel = ERROR")
    {
    }

    [Fact]
    public async Task Each_append_is_there_as_often_as_its_outcome_says_though_the_network_repeats_and_reorders()
    {
        Array.ForEach(Names, name => Start(name));

        var outcomes = await Task.WhenAll(_nodes.Select(node => AppendManyAsync(node, Share.Of(60, 120, 150))));
        var logs = await ReadAllAsync("last");

        Assert.All(logs, log => Assert.Equal(logs[0], log));
        Check(outcomes.SelectMany(each => each), logs[0]);
        Assert.True(_network.Faults is { Lost: > 0, Repeated: > 0, Delayed: > 0 }, $"The network did little harm: {_network.Faults}");
    }

    [Fact]
    public async Task Restarted_nodes_do_not_take_messages_that_were_meant_for_the_nodes_before_them()
    {
        Array.ForEach(Names, name => Start(name));
        var outcomes = new List<(string Value, Outcome<int> Outcome)>();
        for (var round = 0; round < 4; round++)
        {
            var running = _nodes.Select(node => AppendManyAsync(node, 30, $"round{round}-")).ToArray();
            outcomes.AddRange((await Task.WhenAll(running)).SelectMany(each => each));
            Restart(_nodes[round % 3]);
        }

        var logs = await ReadAllAsync("last");

        Assert.All(logs, log => Assert.Equal(logs[0], log));
        Check(outcomes, logs[0]);
    }

    [Fact]
    public void Silence_makes_a_node_unreachable_until_it_is_heard_again()
    {
        // In order, so that the node's Hello comes before the first message of its engine.
        _network.Calm();
        Array.ForEach(Names, name => Start(name));
        ExpectReachable(true);

        _network.Cut("n3");
        ExpectReachable(false);
        _network.Heal();

        ExpectReachable(true);

        void ExpectReachable(bool isReachable) => _nodes[0].ExpectEvent<RaftEvent.PeerChanged>(
            changed => changed.IsReachable == isReachable && changed.Peer == _nodes[2].Name);
    }

    [Fact]
    public async Task Client_on_a_node_without_a_process_calls_the_group()
    {
        Array.ForEach(Names, name => Start(name));
        var system = ActorSystem.Create("client", ConfigurationFactory.ParseString(
            """
            akka.loglevel = ERROR
            raft { transport = custom, node = "c1", client { contacts = ["n1", "n2"], attempt-timeout = 300ms } }
            """));
        await using var client = Raft.Get(system).UseTransport(_network.Join("c1")).CreateClient<string, int>();

        var outcomes = new List<(string Value, Outcome<int> Outcome)>();
        for (var number = 1; number <= Share.Of(12, 24, 30); number++)
        {
            outcomes.Add(($"client{number}", await client.AppendAsync("key", $"client{number}", Guard)));
        }

        var logs = await ReadAllAsync("last");
        Assert.All(outcomes, each => each.Outcome.OrThrow());
        Check(outcomes, logs[0]);
        await system.Terminate();
    }

    [Fact]
    public async Task Actors_of_other_nodes_are_known_with_the_names_of_their_nodes()
    {
        Array.ForEach(Names, name => Start(name));
        var node = _nodes[0];

        var actors = new SortedSet<string>();
        while (actors.Count < 2)
        {
            // A lost announcement comes again with a later greeting.
            await AppendAsync(node, $"append{actors.Count}");
            var view = (Recorder.View)await node.Ask(new Recorder.GetView());
            actors = [.. view.Peers.Select(peer => peer.Actor?.Path.ToString()).OfType<string>()];
        }

        Assert.Equal(["akka.raft://raft@n2:1/user/raft", "akka.raft://raft@n3:1/user/raft"], actors);
    }

    [Fact]
    public void Transport_that_was_not_given_stops_the_start()
    {
        var failed = StartWithout("raft { transport = custom, node = n1, roster = [\"raft@n1\", \"raft@n2\", \"raft@n3\"] }");

        Assert.Contains("Call Raft.Get(system).UseTransport(...) before", failed.Cause.Message);
    }

    [Fact]
    public void Name_that_has_no_address_stops_the_start()
    {
        var exception = Assert.Throws<RaftConfigurationException>(() => UseTransport("raft { transport = custom, node = \"Node 1\" }"));

        Assert.Contains("'Node 1' cannot be the name of a node, because raft.transport is custom.", exception.Message);
    }

    [Fact]
    public void Transport_without_the_setting_is_refused()
    {
        var exception = Assert.Throws<RaftConfigurationException>(() => UseTransport("raft { node = n1 }"));

        Assert.Contains("raft.transport is tcp. Set raft.transport = custom.", exception.Message);
    }

    [Fact]
    public void Custom_transport_with_security_is_refused()
    {
        var exception = Assert.Throws<RaftConfigurationException>(
            () => UseTransport("raft { transport = custom, node = n1, security.tls { certificate = \"a\", ca = \"b\" } }"));

        Assert.Contains("raft.security is set, and raft.transport is custom.", exception.Message);
    }

    [Fact]
    public void Transport_serves_one_actor_system()
    {
        var transport = _network.Join("n1");
        Raft.Get(NewSystem("raft { transport = custom, node = n1 }")).UseTransport(transport);

        Assert.Throws<InvalidOperationException>(
            () => Raft.Get(NewSystem("raft { transport = custom, node = n2 }")).UseTransport(transport));
    }

    protected override void AfterAll()
    {
        _nodes.ForEach(node => node.Stop());
        _network.Dispose();
        base.AfterAll();
        _folder.Dispose();
    }

    // Of the pairs that a node lost the outcome of, each is there at most once.
    private static void Check(IEnumerable<(string Value, Outcome<int> Outcome)> outcomes, IReadOnlyList<string> log)
    {
        foreach (var (value, outcome) in outcomes)
        {
            var count = log.Count(each => each == value);
            var isTrue = outcome.Failure?.Kind switch { null => count == 1, FailureKind.NotDone => count == 0, _ => count <= 1 };
            Assert.True(isTrue, $"'{value}' is there {count} times, and ended as {outcome}");
        }
    }

    private static async Task<List<(string Value, Outcome<int> Outcome)>> AppendManyAsync(CustomNode node, int count, string prefix = "")
    {
        var all = new List<(string, Outcome<int>)>();
        for (var number = 1; number <= count; number += 10)
        {
            var values = Enumerable.Range(number, 10).Select(each => $"{prefix}{node.Name.Node}-{each}").ToArray();
            var outcomes = await Task.WhenAll(values.Select(value => node.Ask(new Recorder.Append("key", value))));
            all.AddRange(values.Zip(outcomes.Select(outcome => (Outcome<int>)outcome)));
        }

        return all;
    }

    // Appends until it is done: an outcome may be lost.
    private static async Task AppendAsync(CustomNode node, string value)
    {
        for (var isDone = false; !isDone;)
        {
            isDone = await node.Ask(new Recorder.Append("key", value, RequestKey: value)) is Outcome<int> { Failure: null };
        }
    }

    private async Task<List<List<string>>> ReadAllAsync(string last)
    {
        await AppendAsync(_nodes[0], last);
        return [.. _nodes.Select(node => StateOf(node.ExpectUpTo(told => told.Contains($"={last}"))))];
    }

    // The values in the order of their serials, from the callbacks of one life. A serial that was delivered twice is an exception here.
    private static List<string> StateOf(List<string> told)
    {
        var values = new SortedDictionary<int, string>();
        foreach (var line in told)
        {
            var words = line.Split(' ', ':');
            if (words[0] == "restore")
            {
                values.Clear();
                Array.ForEach(words[3..], pair => values.Add(int.Parse(pair.Split('=')[0]), pair.Split('=')[1]));
            }
            else if (words[0] is "append" or "serial")
            {
                values.Add(int.Parse(words[1]), words[2].Split('=')[1]);
            }
        }

        Assert.Equal(Enumerable.Range(1, values.Count), values.Keys);
        return [.. values.Values];
    }

    private CustomNode Start(string name)
    {
        var directory = _folder[name];
        var roster = string.Join(", ", Names.Select(each => $"\"raft@{each}\""));
        var node = new CustomNode(this, name, _network.Join(name), $"raft {{ roster = [{roster}], store.directory = \"{directory}\" }}");
        _nodes.Add(node);
        return node;
    }

    private void Restart(CustomNode node)
    {
        node.Stop();
        _nodes.Remove(node);
        Start(node.Name.Node);
    }

    private ActorSystem NewSystem(string config)
    {
        var system = ActorSystem.Create("alone", ConfigurationFactory.ParseString($"akka.loglevel = OFF\n{config}"));
        Sys.RegisterOnTermination(() => system.Terminate());
        return system;
    }

    private void UseTransport(string config) => Raft.Get(NewSystem(config)).UseTransport(_network.Join("alone"));

    private RaftEvent.StartFailed StartWithout(string config)
    {
        var system = NewSystem(config);
        var events = CreateTestProbe();
        system.EventStream.Subscribe(events, typeof(RaftEvent.StartFailed));
        system.ActorOf(Props.Create(() => new SnapshotRecorder(events, null, null)), "raft");
        return events.FishForMessage<RaftEvent.StartFailed>(_ => true, Guard);
    }
}

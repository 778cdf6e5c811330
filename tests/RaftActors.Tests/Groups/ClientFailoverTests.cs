namespace RaftActors.Tests.Groups;

/// <summary>A client in a process that is no member, over real sockets, while nodes of the group stop.</summary>
public sealed class ClientFailoverTests : NodesTest
{
    private const string Remote =
        $$"""
        {{RemoteNode.FewThreads}}
        akka {
          loglevel = ERROR
          log-dead-letters = off
          actor.provider = remote
          remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0, connection-timeout = 1s }
          remote.retry-gate-closed-for = 200ms
          remote.use-passive-connections = off
        }
        raft.client.attempt-timeout = 500ms
        """;

    private readonly List<NamedNode> _nodes = [];

    [Fact]
    public async Task Appends_that_are_open_when_the_leader_stops_are_committed_once_each()
    {
        StartGroup();
        await using var client = NewClient();
        await client.AppendAsync("first", "value", Guard);
        var name = _nodes[0].ExpectEvent<RaftEvent.LeaderChanged>(changed => changed.Leader is not null).Leader;
        var leader = _nodes.Single(node => node.Name == name);
        var others = _nodes.Except([leader]).ToList();

        var appends = Enumerable.Range(1, 600).Select(number => client.AppendAsync($"key{number}", "value", Guard)).ToList();
        await appends[50];
        leader.Stop();
        var outcomes = await Task.WhenAll(appends);

        var serials = outcomes.Select(outcome => outcome.OrThrow().Serial).ToList();
        Assert.Equal(serials.Count, serials.Distinct().Count());
        Assert.Equal(601, serials.Max().Value);
        others.ForEach(node => node.Expect($"append {serials[^1]} key600=value"));
    }

    private static string Text(IEnumerable<ProcessName> names) => string.Join(',', names.Select(name => $"\"{name}\""));

    private void StartGroup()
    {
        var names = Enumerable.Range(0, 3).Select(_ => NamedNode.NewName()).ToList();
        _nodes.AddRange(names.Select(name => new NamedNode(this, name, $"raft.group = default\nraft.roster = [{Text(names)}]")));
    }

    private RaftClient<string, int> NewClient() => Raft.Get(Own(ActorSystem.Create("shop", Remote))).CreateClient<string, int>(
        "default", [.. _nodes.Select(node => $"127.0.0.1{node.Name.Node}")]);
}

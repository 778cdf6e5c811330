namespace RaftActors.Tests.Groups;

/// <summary>Groups whose nodes have no remoting: the name of a node is its address.</summary>
public sealed class NodeAddressTests() : NodesTest("akka.loglevel = ERROR\nraft.address = node")
{
    private readonly List<AddressNode> _nodes = [];

    [Fact]
    public async Task Actors_and_clients_of_nodes_without_remoting_append_and_know_each_other()
    {
        var names = AddressNode.NewNames(3);
        var roster = string.Join(", ", names.Select(name => $"\"raft@{name}\""));
        _nodes.AddRange(names.Select(name => new AddressNode(this, name, $"raft.group = default\nraft.roster = [{roster}]")));
        await using var client = Raft.Get(Sys).CreateClient<string, int>("default", [.. names]);

        for (var number = 0; number < 3; number++)
        {
            Assert.Null(((Outcome<int>)await _nodes[number].Ask(new Recorder.Append("key", $"value{number}", Guard))).Failure);
        }

        Assert.Equal(4, (await client.AppendAsync("key", "of a client", Guard)).OrThrow().Serial.Value);
        Assert.All(_nodes, node => node.ExpectUpTo(told => told.StartsWith("append 4 key=of a client", StringComparison.Ordinal)));
        var view = (Recorder.View)await _nodes[0].Ask(new Recorder.GetView());
        Assert.Equal(
            names.Skip(1).Select(name => $"akka.raft://raft@{name}/user/raft").Order(),
            view.Peers.Select(peer => peer.Actor?.Path.ToString()).OfType<string>().Order());
    }

    [Theory]
    [InlineData("Node 1")]
    [InlineData("N1")]
    [InlineData("n1:4053")]
    public void Name_that_is_no_address_stops_the_start(string node)
    {
        var config = $"akka.loglevel = OFF\nraft {{ address = node, node = \"{node}\", group = default, roster = [\"raft@{node}\"]\n"
            + "quorum.allow-fewer-than-three = on }";
        var system = ActorSystem.Create("alone", ConfigurationFactory.ParseString(config));
        Sys.RegisterOnTermination(() => system.Terminate());
        var events = CreateTestProbe();
        system.EventStream.Subscribe(events, typeof(RaftEvent.StartFailed));
        system.ActorOf(Props.Create(() => new SnapshotRecorder(events, null)), "raft");

        var failed = events.FishForMessage<RaftEvent.StartFailed>(_ => true, Guard);

        Assert.Contains($"'{node}' cannot be the name of a node, because raft.address is node.", failed.Cause.Message);
    }
}

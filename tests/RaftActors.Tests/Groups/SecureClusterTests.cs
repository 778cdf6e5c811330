using Akka.Cluster;

namespace RaftActors.Tests.Groups;

/// <summary>Nodes that find each other by Akka.Cluster: with <c>raft.security</c>, and with clients that name no contact.</summary>
[Trait("Needs", "TLS")]
public sealed class SecureClusterTests : NodesTest
{
    private readonly List<ClusterNode> _nodes = [];
    private readonly TestCertificates _ca;

    public SecureClusterTests() => _ca = new TestCertificates(Folder.Path);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Client_without_contacts_finds_the_group_through_the_cluster(bool isSecure)
    {
        for (var number = 1; number <= 3; number++)
        {
            Start(number, isSecure ? SecurityOf($"node{number}", "node") : "");
        }

        await using var client = Connect(isSecure ? SecurityOf("client", "writer") : "");

        var outcome = await client.AppendAsync("key", "value", Guard);

        Assert.Equal(1, outcome.OrThrow().Serial.Value);
        _nodes.ForEach(node => node.Expect("append 1 key=value"));
    }

    [Fact]
    public void Member_of_the_cluster_without_the_role_of_a_node_is_refused_and_the_others_go_on()
    {
        const string Warning = "is not known as a node";
        for (var number = 1; number <= 3; number++)
        {
            Start(number, SecurityOf($"node{number}", "node"));
        }

        Start(4, SecurityOf("node4", "outsider"));

        foreach (var node in _nodes.Take(3))
        {
            node.Append("key", "value", TestActor);
            ExpectMsg<Outcome<int>>(Guard).OrThrow();
        }

        _nodes[0].Warned.FishForMessage<Warning>(each => $"{each.Message}".Contains(Warning), Guard, $"a warning '{Warning}'");
        Assert.DoesNotContain(_nodes[0].Status.Reachable, name => name.Process == "raft4");
        Assert.Equal(0, _nodes[3].Status.Committed.Value);
    }

    private void Start(int number, string security) => _nodes.Add(new ClusterNode(
        this,
        number,
        preloaded: 0,
        _nodes.FirstOrDefault(),
        config: $"akka {{ loglevel = WARNING, stdout-loglevel = OFF, loggers = [] }}\n{security}"));

    // A member of the cluster without a raft process.
    private RaftClient<string, int> Connect(string security)
    {
        var system = ActorSystem.Create("grouptest", ConfigurationFactory.ParseString(
            $$"""
            {{RemoteNode.FewThreads}}
            akka {
              loglevel = ERROR
              log-dead-letters = off
              actor.provider = cluster
              remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0 }
              remote.use-passive-connections = off
            }
            raft { discovery = cluster, group = default, client.attempt-timeout = 500ms }
            {{security}}
            """));
        Own(system);
        Cluster.Get(system).Join(_nodes[0].Address);
        return Raft.Get(system).CreateClient<string, int>();
    }

    // An outsider has a certificate of the same CA.
    private string SecurityOf(string name, string role)
    {
        var host = role == "outsider" ? "outsider" : name;
        return $$"""
            raft.security.tls { certificate = "{{_ca.Issue(name, [host, "127.0.0.1"], isClient: role == "writer")}}", ca = "{{_ca.Ca}}" }
            raft.security.roles { node = [node1, node2, node3], writer = [client] }
            """;
    }
}

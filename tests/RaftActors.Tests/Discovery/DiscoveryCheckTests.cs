using Akka.Actor;
using Akka.Configuration;

using RaftActors.Discovery;
using RaftActors.Engine;

namespace RaftActors.Tests.Discovery;

public sealed class DiscoveryCheckTests
{
    private const string Cluster =
        """
        akka { loglevel = OFF, stdout-loglevel = OFF, actor.provider = cluster }
        akka.remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0 }
        """;

    // Other nodes look for this one at port 9990, whichever port it listens on.
    private const string Remote =
        """
        akka { loglevel = OFF, stdout-loglevel = OFF, actor.provider = remote }
        akka.remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0, public-port = 9990 }
        raft.discovery = node-names
        """;

    private const string OneNode = """["raft1@node1", "raft2@node1", "raft3@node1"]""";
    private const string TwoNodes = """["raft1@node1", "raft2@node1", "raft3@node2"]""";
    private const string Addresses = """["raft1@:9990", "raft2@:9991", "raft3@host:9990"]""";

    [Theory]
    [InlineData("", "node1", TwoNodes, "this actor system is in no cluster. Set akka.actor.provider = cluster")]
    [InlineData(Cluster, "node1", TwoNodes, "This node lacks the role 'raft'")]
    [InlineData("raft.discovery = node-names", ":9990", Addresses, "this actor system has no address. Set akka.actor.provider = remote")]
    [InlineData(Remote, "node1", OneNode, "The node of 'raft1@node1' is no address")]
    [InlineData(Remote, ":9990", """["raft1@:9990", "raft2@node2", "raft3@:9991"]""", "The node of 'raft2@node2' is no address")]
    [InlineData(Remote, ":9991", Addresses, "it at akka.tcp://check@127.0.0.1:9991, and it listens as akka.tcp://check@127.0.0.1:9990.")]
    [InlineData(Remote, "localhost:9990", Addresses, "look for it at akka.tcp://check@localhost:9990, and it listens as")]
    [InlineData("raft.discovery = names", "node1", OneNode, "raft.discovery is 'names'; it may be cluster or node-names.")]
    [InlineData("raft.transport = udp", "node1", OneNode, "raft.transport is 'udp'; it may be tcp, akka or custom.")]
    [InlineData("raft.transport-tcp.port = 70000", "node1", OneNode, "raft.transport-tcp.port is 70000; it may be 0 to 65535.")]
    [InlineData("raft.contacts = [\"node1\"]", "node1", OneNode, "raft.contacts names 'node1', which is no address.")]
    public async Task Group_whose_processes_cannot_find_each_other_is_refused(string config, string node, string roster, string expected)
    {
        var problem = await Assert.ThrowsAsync<RaftConfigurationException>(() => Check(config, node, roster));

        Assert.Contains(expected, problem.Message);
        Assert.DoesNotContain('\n', problem.Message);
    }

    [Theory]
    [InlineData("", "node1", OneNode)]
    [InlineData(Cluster, "node1", OneNode)]
    [InlineData(Cluster + "\nakka.cluster.roles = [raft]", "node1", TwoNodes)]
    [InlineData(Remote, ":9990", Addresses)]
    [InlineData(Remote, "127.0.0.1:9990", Addresses)]
    public Task Group_that_can_meet_is_accepted(string config, string node, string roster) => Check(config, node, roster);

    private static async Task Check(string config, string node, string roster)
    {
        var text = $"raft {{ node = \"{node}\", roster = {roster} }}\n{config}";
        var system = ActorSystem.Create("check", ConfigurationFactory.ParseString(text));
        try
        {
            var root = system.Settings.Config.WithFallback(Raft.DefaultConfig());
            DiscoveryCheck.Demand(system, RaftSettings.Read(root, new RaftOptions<string>(), "raft1", null));
        }
        finally
        {
            await system.Terminate();
        }
    }
}

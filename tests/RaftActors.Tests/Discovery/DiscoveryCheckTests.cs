using Akka.Actor.Setup;

namespace RaftActors.Tests.Discovery;

public sealed class DiscoveryCheckTests
{
    private const string Cluster =
        $$"""
        {{RemoteNode.FewThreads}}
        akka { loglevel = OFF, stdout-loglevel = OFF, actor.provider = cluster }
        akka.remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0 }
        """;

    // Other nodes look for this one at port 9990, whichever port it listens on.
    private const string Remote =
        $$"""
        {{RemoteNode.FewThreads}}
        akka { loglevel = OFF, stdout-loglevel = OFF, actor.provider = remote }
        akka.remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0, public-port = 9990 }
        raft.discovery = node-names
        """;

    private const string Quiet =
        $$"""
        {{RemoteNode.FewThreads}}
        akka { loglevel = OFF, stdout-loglevel = OFF }
        akka.remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0 }
        """;

    // The shutdown of a node that is in no cluster waits for the end of its membership.
    private const string AtOnce = "akka.coordinated-shutdown.run-by-actor-system-terminate = off";

    private const string QuietNames = Quiet + "\nakka.remote.dot-netty.tcp.public-port = 9990\nraft.discovery = node-names";

    private static readonly string ClusterByFullName = typeof(Akka.Cluster.ClusterActorRefProvider).AssemblyQualifiedName!;

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
    [InlineData("raft.discovery = names", "node1", OneNode, "raft.discovery is 'names'; it must be node-names or cluster.")]
    [InlineData("raft.address = name", "node1", OneNode, "raft.address is 'name'; it must be remoting or node.")]
    [InlineData("raft.transport-tcp.port-offset = 70000", "node1", OneNode, "port-offset is '70000'; it must be 0 to 65534.")]
    [InlineData("raft.contacts = [\"node1\"]", "node1", OneNode, "raft.contacts names 'node1', which is no address.")]
    public async Task Group_whose_processes_cannot_find_each_other_is_refused(string config, string node, string roster, string expected)
    {
        var problem = await Assert.ThrowsAsync<RaftConfigurationException>(() => Check(config, node, roster));

        Assert.Contains(expected, problem.Message);
        Assert.DoesNotContain('\n', problem.Message);
    }

    [Theory]
    [InlineData("", "node1", OneNode)]
    [InlineData("raft.discovery = node-names", "node1", OneNode)]
    [InlineData(Cluster, "node1", OneNode)]
    [InlineData(Cluster + "\nakka.cluster.roles = [raft]", "node1", TwoNodes)]
    [InlineData(Remote, ":9990", Addresses)]
    [InlineData(Remote, "127.0.0.1:9990", Addresses)]
    public Task Group_that_can_meet_is_accepted(string config, string node, string roster) => Check(config, node, roster);

    // The path has the address of the node, two names between slashes, and the number of the engine.
    [Theory]
    [InlineData("", "akka://check")]
    [InlineData(Remote, "akka.tcp://check@127.0.0.1:9990")]
    [InlineData("raft.address = node", "akka.raft://raft@node:4053")]
    public async Task Names_are_refused_whose_path_other_nodes_would_refuse(string config, string address)
    {
        var node = config == Remote ? ":9990" : "node";
        var room = WirePath.LengthMax - $"{address}/system/raft//#2147483647".Length - 9 * 100;
        Task CheckNames(int group) => Check(
            $"{config}\nraft.group = \"{new string('g', group)}\"", node, $"[\"{new string('雪', 100)}@{node}\"]", new string('雪', 100));

        await CheckNames(room);
        var problem = await Assert.ThrowsAsync<RaftConfigurationException>(() => CheckNames(room + 1));

        Assert.Contains("make a path of 2049 characters, and other nodes take at most 2048. Shorten raft.group", problem.Message);
    }

    // Akka.Hosting chooses the provider so. The text of akka.actor.provider stays "local".
    [Theory]
    [MemberData(nameof(RefusedSetups))]
    public async Task Provider_of_a_setup_is_refused_where_that_of_the_text_would_be(
        ProviderSelection provider, string config, string node, string roster, string expected)
    {
        var problem = await Assert.ThrowsAsync<RaftConfigurationException>(() => Check(config, node, roster, provider));

        Assert.Contains(expected, problem.Message);
    }

    public static TheoryData<ProviderSelection, string, string, string, string> RefusedSetups => new()
    {
        { ProviderSelection.Cluster.Instance, Quiet, "node1", TwoNodes, "This node lacks the role 'raft'" },
        { ProviderSelection.Remote.Instance, Quiet, "node1", TwoNodes, "this actor system is in no cluster" },
        { ProviderSelection.Remote.Instance, QuietNames, "node1", OneNode, "The node of 'raft1@node1' is no address" },
        { ProviderSelection.Local.Instance, Remote, ":9990", Addresses, "this actor system has no address" },
        { ProviderSelection.Local.Instance, Cluster, "node1", TwoNodes, "this actor system is in no cluster" },
    };

    [Theory]
    [MemberData(nameof(AcceptedSetups))]
    public Task Provider_of_a_setup_is_accepted_where_that_of_the_text_would_be(
        ProviderSelection provider, string config, string node, string roster) => Check(config, node, roster, provider);

    public static TheoryData<ProviderSelection, string, string, string> AcceptedSetups => new()
    {
        { ProviderSelection.Cluster.Instance, Quiet + "\nakka.cluster.roles = [raft]", "node1", TwoNodes },
        { ProviderSelection.Cluster.Instance, QuietNames, ":9990", Addresses },
        { ProviderSelection.Remote.Instance, QuietNames, ":9990", Addresses },
        { new ProviderSelection.Custom(ClusterByFullName), Quiet + "\nakka.cluster.roles = [raft]", "node1", TwoNodes },
    };

    private static Task Check(string config, string node, string roster, ProviderSelection? provider = null) =>
        Check(config, node, roster, "raft1", provider);

    private static async Task Check(string config, string node, string roster, string name, ProviderSelection? provider = null)
    {
        var text = $"raft {{ node = \"{node}\", discovery = cluster, group = default, roster = {roster} }}\n{AtOnce}\n{config}";
        var bootstrap = BootstrapSetup.Create().WithConfig(ConfigurationFactory.ParseString(text));
        var system = ActorSystem.Create(
            "check", ActorSystemSetup.Create(provider is null ? bootstrap : bootstrap.WithActorRefProvider(provider)));
        try
        {
            var root = system.Settings.Config.WithFallback(Raft.DefaultConfig());
            DiscoveryCheck.Demand(system, RaftSettings.Read(root, new RaftOptions<string>(), name, null));
        }
        finally
        {
            await system.Terminate();
        }
    }
}

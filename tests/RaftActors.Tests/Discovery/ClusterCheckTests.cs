using Akka.Actor;
using Akka.Configuration;

using RaftActors.Discovery;
using RaftActors.Engine;

namespace RaftActors.Tests.Discovery;

public sealed class ClusterCheckTests
{
    private const string Cluster =
        """
        akka { loglevel = OFF, stdout-loglevel = OFF, actor.provider = cluster }
        akka.remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0 }
        """;

    private const string OneNode = """["raft1@node1", "raft2@node1", "raft3@node1"]""";
    private const string TwoNodes = """["raft1@node1", "raft2@node1", "raft3@node2"]""";

    [Theory]
    [InlineData("", TwoNodes, "this actor system is in no cluster. Set akka.actor.provider = cluster")]
    [InlineData(Cluster, TwoNodes, "This node lacks the role 'raft'")]
    public async Task Group_that_spans_nodes_needs_the_cluster_and_the_role(string config, string roster, string expected)
    {
        var problem = await Assert.ThrowsAsync<RaftConfigurationException>(() => Check(config, roster));

        Assert.Contains(expected, problem.Message);
        Assert.DoesNotContain('\n', problem.Message);
    }

    [Theory]
    [InlineData("", OneNode)]
    [InlineData(Cluster, OneNode)]
    [InlineData(Cluster + "\nakka.cluster.roles = [raft]", TwoNodes)]
    public Task Group_that_can_meet_is_accepted(string config, string roster) => Check(config, roster);

    private static async Task Check(string config, string roster)
    {
        var system = ActorSystem.Create("check", ConfigurationFactory.ParseString($"raft {{ node = node1, roster = {roster} }}\n{config}"));
        try
        {
            var root = system.Settings.Config.WithFallback(RaftExtension.Reference);
            ClusterCheck.Demand(system, RaftSettings.Read(root, new RaftOptions<string>(), "raft1", null));
        }
        finally
        {
            await system.Terminate();
        }
    }
}

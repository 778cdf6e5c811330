using Akka.Configuration;
using Akka.Event;
using Akka.TestKit.Xunit2;

using RaftActors.Clients;
using RaftActors.Discovery;
using RaftActors.Tests.Groups;

namespace RaftActors.Tests.Discovery;

public sealed class PassiveConnectionsTests : TestKit
{
    private const string Concern = "Raft messages go by Akka.Remote, and akka.remote.use-passive-connections is on.";

    [Fact]
    public void Node_whose_raft_messages_go_by_such_a_remoting_warns()
    {
        var name = NamedNode.NewName();
        var node = new NamedNode(
            this,
            name,
            $$"""
            akka { loglevel = WARNING, remote.use-passive-connections = on }
            raft { roster = ["{{name}}"], transport = akka }
            """);

        node.Warned.FishForMessage<Warning>(warning => $"{warning.Message}".StartsWith(Concern), TimeSpan.FromSeconds(30));
        node.Stop();
    }

    [Theory]
    [InlineData("akka.remote.use-passive-connections = off")]
    [InlineData("")]
    public void Node_that_sends_on_connections_of_its_own_does_not_warn(string config) =>
        Assert.Null(PassiveConnections.Concern(ConfigurationFactory.ParseString(config)));

    [Fact]
    public async Task Actor_system_of_a_client_sends_on_connections_of_its_own()
    {
        var client = OwnSystem.Start(["counters@127.0.0.1:1"], null);

        Assert.False(client.Settings.Config.GetBoolean("akka.remote.use-passive-connections", true));
        await client.Terminate();
    }
}

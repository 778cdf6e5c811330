using Akka.Discovery;
using Akka.Hosting;

using RaftActors.Coordination;

namespace RaftActors.Hosting.Tests;

/// <summary>The discovery method that an option of Akka.Hosting names.</summary>
public sealed class DiscoveryTests
{
    [Fact]
    public async Task Option_names_a_discovery_method_that_finds_registered_addresses()
    {
        var port = FreePorts.Next();
        IDiscoveryOptions option = new RaftDiscoveryOption();
        await using var node = new HostedNode(port, [port], akka => option.Apply(akka));
        await node.StartAsync();

        var discovery = Akka.Discovery.Discovery.Get(node.System).LoadServiceDiscovery(option.ConfigPath);
        await using var registered = await RaftCoordination.Get(node.System).RegisterAsync("shop", "10.0.0.1", 8080);

        Assert.IsType(option.Class, discovery);
        Assert.Equal("10.0.0.1", Assert.Single((await discovery.Lookup("shop", HostedNode.Guard)).Addresses).Host);
    }
}

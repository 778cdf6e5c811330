using Akka.Configuration;

namespace FourNodes.Tests;

/// <summary>The demo's configuration as an example for a cluster.</summary>
public sealed class SeedNodesTests
{
    /// <summary>With two, a restarted seed node would form its own cluster while the other one is down.</summary>
    [Fact]
    public void Cluster_of_the_demo_has_three_seed_nodes()
    {
        var text = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "hocon", "fournodes.conf"));

        Assert.Equal(3, ConfigurationFactory.ParseString(text).GetStringList("akka.cluster.seed-nodes").Distinct().Count());
    }
}

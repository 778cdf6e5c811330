using Akka.Configuration;

namespace FourNodes.Tests;

/// <summary>The demo's configuration as an example for a cluster.</summary>
public sealed class SeedNodesTests
{
    /// <summary>A seed node that restarts while the only other one is down would form a cluster of its own.</summary>
    [Fact]
    public void Cluster_of_the_demo_has_three_seed_nodes()
    {
        var text = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "hocon", "fournodes.conf"));

        Assert.Equal(3, ConfigurationFactory.ParseString(text).GetStringList("akka.cluster.seed-nodes").Distinct().Count());
    }
}

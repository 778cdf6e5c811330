using Akka.Actor;
using Akka.Configuration;
using Akka.TestKit.Xunit2;

namespace RaftActors.Examples;

/// <summary>Sixteen groups on one node.</summary>
public sealed class VisitsTests() : TestKit(Hocon)
{
    // One node is enough for an example. With an address, nodes finds the others.
    private static readonly Config Hocon = ConfigurationFactory.ParseString(
        """
        raft { node = node1, nodes = [node1], quorum.allow-fewer-than-three = on, append-timeout = 1m }
        """);

    [Fact]
    public async Task Visit_is_counted_by_the_group_of_its_page() =>
        Assert.Equal(1, (await VisitsNode.CountAsync(Sys)).OrThrow().ResultOr(-1));
}

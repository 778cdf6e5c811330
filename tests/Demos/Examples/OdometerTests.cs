using Akka.Actor;
using Akka.Configuration;
using Akka.TestKit.Xunit2;

namespace RaftActors.Examples;

public sealed class OdometerTests() : TestKit(Hocon)
{
    private static readonly Config Hocon = ConfigurationFactory.ParseString(
        """
        raft { node = node1, nodes = [node1], quorum.allow-fewer-than-three = on, append-timeout = 1m }
        """);

    [Fact]
    public async Task Negative_way_is_refused()
    {
        Sys.ActorOf(Props.Create(() => new Odometer()), "odometer");
        await using var client = Raft.Get(Sys).CreateClient<int, int>("odometer");

        var refused = await client.AppendAsync("car", -5);
        var total = await client.AppendAsync("car", 5);

        Assert.Equal(new RaftFailure(FailureKind.NotDone, FailureReason.Invalid, "car cannot go back"), refused.Failure);
        Assert.Equal(5, total.OrThrow().ResultOr(-1));
    }
}

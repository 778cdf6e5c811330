using Akka.Actor;
using Akka.Configuration;
using Akka.TestKit.Xunit2;

namespace RaftActors.Examples;

/// <summary>Runs a group and a client with the settings of docs/how-to/tune-for-wan.md.</summary>
public sealed class HowToTests() : TestKit(Hocon)
{
    private static readonly Config Hocon = ConfigurationFactory.ParseString(
            """
            raft { node = node1, nodes = [node1], quorum.allow-fewer-than-three = on, append-timeout = 1m }
            """)
        .WithFallback(ConfigurationFactory.ParseString(Page.Split("```hocon\n")[1].Split("```")[0]));

    private static string Page => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "pages", "how-to", "tune-for-wan.md"));

    [Fact]
    public async Task Settings_for_a_wan_are_accepted()
    {
        Sys.ActorOf(Props.Create(() => new Counter()), "counter");
        await using var counter = Raft.Get(Sys).CreateClient<int, int>("counter");

        var counted = await counter.AppendAsync("clicks", 1);

        Assert.Equal(1, counted.OrThrow().ResultOr(0));
    }
}

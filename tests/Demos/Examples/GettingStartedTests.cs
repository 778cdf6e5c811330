using System.Text.RegularExpressions;

using Akka.Actor;
using Akka.TestKit.Xunit2;

using Shared;

namespace RaftActors.Examples;

/// <summary>Runs the configurations of docs/getting-started.md and docs/members.md as actor systems on free ports.</summary>
public sealed partial class GettingStartedTests : TestKit
{
    private static readonly string[] PagePorts = ["2551", "2552", "2553", "2554"];

    private readonly string _folder = Directory.CreateTempSubdirectory("getting-started").FullName;
    private readonly Dictionary<string, string> _ports = PagePorts.ToDictionary(port => port, _ => $"{FreePorts.Next()}");
    private readonly List<ActorSystem> _systems = [];

    [Fact]
    public async Task Three_nodes_with_the_configuration_of_the_page_count_together()
    {
        var counters = StartThree();

        var first = await counters[0].Ask<Outcome<int>>(new Count(1), Guard);
        var second = await counters[2].Ask<Outcome<int>>(new Count(1), Guard);

        Assert.Equal(1, first.OrThrow().ResultOr(0));
        Assert.Equal(2, second.OrThrow().ResultOr(0));
    }

    [Fact]
    public async Task Fourth_node_with_the_configuration_of_the_page_about_members_joins()
    {
        var counters = StartThree();
        (await counters[0].Ask<Outcome<int>>(new Count(1), Guard)).OrThrow();
        var fourth = StartNode(OnFreePorts("akka.actor.provider = remote\n"
            + "akka.remote.dot-netty.tcp { hostname = \"127.0.0.1\", port = 2554 }\n"
            + Page("members.md").Split("```hocon\n")[1].Split("```")[0]));
        await using var counter = Raft.Get(_systems[0]).CreateClient<int, int>("counter");

        var added = await counter.JoinAsync(new ProcessName($"counter@127.0.0.1:{_ports["2554"]}"), timeout: Guard);

        Assert.Equal(4, added.Result.Members.Length);
        var total = await fourth.Ask<Outcome<int>>(new Count(1), Guard);
        Assert.Equal(2, total.OrThrow().ResultOr(0));
    }

    [Fact]
    public async Task Node_with_a_mistyped_key_is_stopped_by_its_watchdog()
    {
        var hocon = HoconOf(PagePorts[0]).Replace("store.directory", "store.directry", StringComparison.Ordinal);

        var (system, _) = CounterNode.Start(hocon);

        await system.WhenTerminated.WaitAsync(Guard);
    }

    protected override void AfterAll()
    {
        Task.WaitAll(_systems.Select(system => system.Terminate()));
        Directory.Delete(_folder, recursive: true);
        base.AfterAll();
    }

    private List<IActorRef> StartThree() => [.. PagePorts[..3].Select(port => StartNode(HoconOf(port)))];

    private IActorRef StartNode(string hocon)
    {
        var (system, counter) = CounterNode.Start(hocon);
        _systems.Add(system);
        return counter;
    }

    private string HoconOf(string pagePort) => OnFreePorts(
        Page("getting-started.md").Split("$$\"\"\"\n")[1].Split("\"\"\"")[0].Replace("{{port}}", pagePort, StringComparison.Ordinal));

    private string OnFreePorts(string hocon)
    {
        var placed = hocon.Replace("\"data/", $"\"{_folder.Replace('\\', '/')}/", StringComparison.Ordinal);
        return $"{PagePort().Replace(placed, port => _ports[port.Value])}\nakka.loglevel = WARNING";
    }

    private static string Page(string name) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "pages", name));

    [GeneratedRegex(@"\b255[1234]\b")]
    private static partial Regex PagePort();
}

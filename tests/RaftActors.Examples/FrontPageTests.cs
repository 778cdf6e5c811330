using System.Text.RegularExpressions;

using Akka.Actor;
using Akka.TestKit.Xunit2;

using TrialKit;

namespace RaftActors.Examples;

/// <summary>Runs the configuration of the front page as three actor systems on free ports.</summary>
public sealed partial class FrontPageTests : TestKit
{
    private static readonly string[] PagePorts = ["2551", "2552", "2553"];

    private readonly string _folder = Directory.CreateTempSubdirectory("front-page").FullName;
    private readonly List<ActorSystem> _systems = [];

    [Fact]
    public async Task Three_nodes_with_the_configuration_of_the_front_page_count_together()
    {
        var ports = PortsThatAreFree();
        var counters = PagePorts.Select(port => StartNode(port, ports)).ToList();

        var first = await counters[0].Ask<Outcome<int>>(new Count(1), TimeSpan.FromSeconds(60));
        var second = await counters[2].Ask<Outcome<int>>(new Count(1), TimeSpan.FromSeconds(60));

        Assert.Equal(1, Assert.IsType<Outcome<int>.Done>(first).Result);
        Assert.Equal(2, Assert.IsType<Outcome<int>.Done>(second).Result);
    }

    [Fact]
    public async Task Node_with_a_mistyped_key_is_stopped_by_its_watchdog()
    {
        var hocon = HoconOf(PagePorts[0], PortsThatAreFree()).Replace("store.directory", "store.directry", StringComparison.Ordinal);

        var (system, _) = CounterNode.Start(hocon);

        await system.WhenTerminated.WaitAsync(TimeSpan.FromSeconds(60));
    }

    protected override void AfterAll()
    {
        Task.WaitAll(_systems.Select(system => system.Terminate()));
        Directory.Delete(_folder, recursive: true);
        base.AfterAll();
    }

    private IActorRef StartNode(string pagePort, IReadOnlyDictionary<string, string> ports)
    {
        var (system, counter) = CounterNode.Start(HoconOf(pagePort, ports));
        _systems.Add(system);
        return counter;
    }

    private string HoconOf(string pagePort, IReadOnlyDictionary<string, string> ports)
    {
        var page = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "README.md"));
        var hocon = page.Split("$$\"\"\"\n")[1].Split("\"\"\"")[0].Replace("{{port}}", pagePort, StringComparison.Ordinal);
        var placed = hocon.Replace("\"data/", $"\"{_folder.Replace('\\', '/')}/", StringComparison.Ordinal);
        return $"{PagePort().Replace(placed, port => ports[port.Value])}\nakka.loglevel = WARNING";
    }

    private static Dictionary<string, string> PortsThatAreFree() => PagePorts.ToDictionary(port => port, _ => $"{FreePorts.Next()}");

    [GeneratedRegex(@"\b255[123]\b")]
    private static partial Regex PagePort();
}

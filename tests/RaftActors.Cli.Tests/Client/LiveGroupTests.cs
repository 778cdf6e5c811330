namespace RaftActors.Cli.Tests.Client;

/// <summary><c>raft trace</c>, <c>top</c>, <c>check</c> and <c>log tail</c> with three servers of this program.</summary>
public sealed class LiveGroupTests(LiveGroupTests.Servers servers) : IClassFixture<LiveGroupTests.Servers>
{
    [Fact]
    public void Trace_shows_when_each_server_has_the_message()
    {
        var run = servers.Ask("trace", "I like beer.");

        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.Equal("     0.0 ms  client  sent", run.Lines.First());
        Assert.Single(run.Lines, line => line.Contains("  client  answered: committed, serial "));
        Assert.All(servers.Ports, port =>
        {
            Assert.Single(run.Lines, line => line.EndsWith($"  :{port}  knows that it is committed"));
            Assert.Single(run.Lines, line => line.EndsWith($"  :{port}  has processed it"));
        });
    }

    [Fact]
    public void JSON_of_a_trace_has_its_steps_in_the_order_of_their_times()
    {
        var run = servers.Ask("trace", "I like wine.", "--json");

        Assert.Equal((0, ""), (run.Code, run.Error));
        var steps = run.Objects
            .Select(each => (Step: each.GetProperty("step").GetString(), At: each.GetProperty("ms").GetDouble())).ToArray();
        Assert.Equal(8, steps.Length);
        Assert.Equal("sent", steps[0].Step);
        Assert.Equal(steps.Select(each => each.At).Order(), steps.Select(each => each.At));
    }

    [Fact]
    public void Tail_prints_the_pairs_of_servers()
    {
        var serial = long.Parse(servers.Ask("append", "for the tail", "--request-id", "tail").Lines.Last().Split(' ')[^1]);

        var run = servers.Ask("log", "tail", "--after", $"{serial - 1}", "--limit", "1");

        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.Matches($"^{serial}  TIME  \"tail/[0-9a-f]{{8}}\" = 13 bytes: for the tail\n$", Times.Without(run.Output));
    }

    [Fact]
    public void Top_and_check_show_servers()
    {
        var (top, check) = (servers.Ask("top", "--count", "1"), servers.Ask("check", "--data", servers.DataOfFirst));

        Assert.Equal((0, 0), (top.Code, check.Code));
        Assert.StartsWith("SERVER ", top.Output);
        Assert.All(servers.Ports, port =>
        {
            Assert.Contains(top.Lines, line => line.StartsWith($":{port}  "));
            Assert.Contains(check.Lines, line => line.Contains($"  :{port}: ") && line.Contains("answers after"));
        });
    }

    [Fact]
    public void Events_of_all_servers_are_listed_by_time()
    {
        var run = servers.Ask("events");

        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.All(servers.Ports, port =>
            Assert.Contains(Times.Without(run.Lines), line => Regex.IsMatch(line, $@"^TIME  :{port}  :\d+ leads in term \d+$")));
        Assert.Contains(run.Lines, line => line.Contains("  elected leader in term "));
        Assert.Equal(run.Lines.Skip(1).Select(line => line[..24]).Order(), run.Lines.Skip(1).Select(line => line[..24]));
    }

    [Fact]
    public void Settings_of_each_server_are_listed()
    {
        var run = servers.Ask("settings");

        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.All(servers.Ports, port =>
        {
            var lines = run.Lines.Where(line => line.StartsWith($":{port} ")).ToList();
            Assert.Single(lines, line => line.Contains("  version  "));
            Assert.Single(lines, line => line.Contains("  raft.tick-interval  ") && line.EndsWith("  10 ms"));
        });
    }

    /// <summary>Three servers, shared by the tests of the class.</summary>
    public sealed class Servers : IAsyncLifetime
    {
        private readonly ServerFolder _folder = new();

        public int[] Ports { get; } = FreePorts.Take(3);

        public string DataOfFirst => _folder.DataOf(Ports[0]);

        public Task InitializeAsync() => Task.WhenAll(
            Ports.Select(port => _folder.Start(ServerFolder.ListOf(Ports), port).Line("the group is founded")));

        public Task DisposeAsync()
        {
            _folder.Dispose();
            return Task.CompletedTask;
        }

        internal Run Ask(params string[] command) => Run.Here("", command, servers: ServerFolder.ListOf(Ports));
    }
}

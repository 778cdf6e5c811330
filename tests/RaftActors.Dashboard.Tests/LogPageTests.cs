using System.Text.RegularExpressions;

namespace RaftActors.Dashboard.Tests;

/// <summary>The latest pairs of a group, over HTTP.</summary>
public sealed class LogPageTests : IAsyncLifetime
{
    private const string Hostile = "<img src=x onerror=alert(1)>";

    private readonly DashboardNode _node;
    private readonly int _port = FreePorts.Next();
    private RaftClient<string, string> _client = null!; // Justification: InitializeAsync sets it.

    public LogPageTests() => _node = new DashboardNode(
        _port,
        [_port],
        akka => akka.WithRaftActor<Notes>("counter").WithRaftActor<OpenNotes>("open"),
        services => services.AddSingleton(new Names("open", "open", $"127.0.0.1:{_port}")),
        options =>
        {
            options.Groups.Add("elsewhere");
            options.ShowValues<string>("open", entry => entry.Value switch
            {
                "hidden" => null,
                "fault" => throw new InvalidOperationException("secret"),
                _ => $"{entry.Serial} {entry.Value}",
            });
        });

    public async Task InitializeAsync()
    {
        await _node.StartAsync();
        _client = RaftActors.Raft.Get(_node.System).CreateClient<string, string>("counter");
    }

    public async Task DisposeAsync()
    {
        await _client.DisposeAsync();
        await _node.DisposeAsync();
    }

    [Fact]
    public async Task Log_has_the_latest_pairs_with_size_and_type_and_without_values()
    {
        (await _client.AppendAsync("first", "a secret", DashboardNode.Guard)).OrThrow();
        using var stream = await PageStream.OpenAsync(_node.Http, "/raft/log/counter");
        await stream.UntilAsync(page => page["pairs"].Contains(">first</td>", StringComparison.Ordinal));

        (await _client.AppendAsync("second", "another", DashboardNode.Guard)).OrThrow();
        await stream.UntilAsync(page => page["pairs"].Contains(">second</td>", StringComparison.Ordinal));

        var page = await _node.Http.GetStringAsync("/raft/log/counter");
        foreach (var html in (string[])[page, stream["pairs"]])
        {
            Assert.DoesNotContain("secret", html, StringComparison.Ordinal);
            Assert.Equal(
                [("2", "second", "8", "text"), ("1", "first", "9", "text")],
                Regex.Matches(html, "<tr role=\"row\" data-key=\"(.*?)\">.*?\"Key\">(.*?)</td>.*?\"Bytes\">(.*?)</td>.*?\"Type\">(.*?)<")
                    .Select(row => (row.Groups[1].Value, row.Groups[2].Value, row.Groups[3].Value, row.Groups[4].Value)));
            Assert.Matches("\"Index\">[1-9][0-9]*</td><td [^>]*\"Term\">[1-9][0-9]*</td>", html);
        }

        Assert.Contains($"From the leader, counter@127.0.0.1:{_port} of this node.", stream["summary"], StringComparison.Ordinal);
        Assert.Contains("The application shows no values of this group.", page, StringComparison.Ordinal);
        Assert.Contains("<a href=\"/raft/groups/counter\">counter</a>", page, StringComparison.Ordinal);
        Assert.Contains("href=\"/raft/log/counter\"", await _node.Http.GetStringAsync("/raft/groups/counter"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Values_are_shown_as_the_application_shows_them()
    {
        await using var open = RaftActors.Raft.Get(_node.System).CreateClient<string, string>("open");
        foreach (var value in (string[])["plain", "hidden", "fault", Hostile, new string('x', 1000)])
        {
            (await open.AppendAsync(Hostile, value, DashboardNode.Guard)).OrThrow();
        }

        using var stream = await PageStream.OpenAsync(_node.Http, "/raft/log/open");
        await stream.UntilAsync(page => page["pairs"].Contains("data-key=\"5\"", StringComparison.Ordinal));

        var values = Regex.Matches(stream["pairs"], "\"Value\">(.*?)</td>").Select(value => WebUtility.HtmlDecode(value.Groups[1].Value));
        Assert.Equal([$"5 {new string('x', 198)}…", $"4 {Hostile}", "not shown: InvalidOperationException", "–", "1 plain"], values);
        Assert.DoesNotContain("<img", stream["pairs"], StringComparison.Ordinal);
        Assert.DoesNotContain("secret", stream["pairs"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Log_is_bounded()
    {
        await Task.WhenAll(Enumerable.Range(0, 120).Select(i => _client.AppendAsync(new string('k', 1000), $"{i}", DashboardNode.Guard)));

        using var stream = await PageStream.OpenAsync(_node.Http, "/raft/log/counter");
        await stream.UntilAsync(page => page["pairs"].Contains("data-key=\"120\"", StringComparison.Ordinal));

        var serials = Regex.Matches(stream["pairs"], "data-key=\"(.*?)\"").Select(serial => int.Parse(serial.Groups[1].Value));
        Assert.Equal(Enumerable.Range(71, 50).Reverse(), serials);
        Assert.InRange(stream["pairs"].Length, 0, 40_000);
    }

    [Fact]
    public async Task Group_that_this_node_has_no_process_of_has_its_log_elsewhere()
    {
        var page = await _node.Http.GetStringAsync("/raft/log/elsewhere");

        Assert.Contains("This node has no process of elsewhere", page, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await _node.Http.GetAsync("/raft/log/unknown")).StatusCode);
    }

    private sealed class OpenNotes(Names names)
        : RaftActor<string, string>(new() { Group = names.Group, Name = names.Process, Roster = [$"{names.Process}@{names.Node}"] })
    {
        protected override string HandleAppend(Entry<string> entry) => entry.Value;
    }
}

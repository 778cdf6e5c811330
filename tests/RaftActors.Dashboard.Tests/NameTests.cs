namespace RaftActors.Dashboard.Tests;

/// <summary>Names with characters that mean something in HTML or in an address.</summary>
public sealed class NameTests : IAsyncLifetime
{
    private const string Hostile = "<img src=x onerror=alert(1)>/&'%2F";

    private readonly DashboardNode _node;

    public NameTests()
    {
        var port = FreePorts.Next();
        _node = new DashboardNode(
            port,
            [port],
            akka => akka.WithRaftActor<NamedCounter>("counter"),
            services => services.AddSingleton(new Names(Hostile, Hostile, $"127.0.0.1:{port}")),
            options => options.Groups.Add("<b>\"named\"</b>"));
    }

    public Task InitializeAsync() => _node.StartAsync();

    public Task DisposeAsync() => _node.DisposeAsync().AsTask();

    [Fact]
    public async Task Name_of_a_group_and_of_a_member_is_text_on_every_page()
    {
        var link = $"/raft/groups/{Uri.EscapeDataString(Hostile)}";
        var overview = await _node.Http.GetStringAsync("/raft");
        var group = await _node.Http.GetStringAsync(link);
        using var stream = await PageStream.OpenAsync(_node.Http, $"/raft/groups/{Uri.EscapeDataString(Hostile)}");
        await stream.UntilAsync(page => page["summary"].Contains("Led by", StringComparison.Ordinal));

        Assert.Contains($"href=\"{link}\"", overview, StringComparison.Ordinal);
        string[] texts = [overview, group, stream["summary"], stream["members"], stream["quorum"], stream["why"]];
        Assert.All(texts, html => Assert.Contains("&lt;img src=x onerror=alert(1)&gt;", html, StringComparison.Ordinal));

        // Whether events have come since the application has started is left to chance.
        Assert.All([.. texts, stream["events"]], html => Assert.DoesNotContain("<img", html, StringComparison.Ordinal));
        Assert.Contains("&lt;b&gt;&quot;named&quot;&lt;/b&gt;", overview, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hostile_name_that_is_unknown_is_text_too()
    {
        using var answer = await _node.Http.GetAsync("/raft/groups/%3Cscript%3Ealert(1)%3C%2Fscript%3E");

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.DoesNotContain("<script>", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }
}

using RaftActors.Coordination;

namespace RaftActors.Dashboard.Tests;

/// <summary>The sessions and locks of the coordination group, over HTTP.</summary>
public sealed class CoordinationPageTests(CoordinationNodes nodes) : IClassFixture<CoordinationNodes>, IAsyncLifetime
{
    private const string Hostile = "<img src=x onerror=alert(1)>/&'%2F..";

    private readonly DashboardNode[] _nodes = [.. nodes.All];
    private readonly List<RaftLock> _held = [];

    public Task InitializeAsync() => Task.CompletedTask;

    /// <summary>Releases the locks of the test, because the next one uses the same nodes.</summary>
    public async Task DisposeAsync()
    {
        foreach (var held in _held)
        {
            await held.DisposeAsync();
        }
    }

    [Fact]
    public async Task Locks_have_their_holders_and_waiting_claims_on_each_node()
    {
        var held = await LockAsync(0, "billing", "printer 1");
        using CancellationTokenSource limit = new();
        var waits = CoordinationOf(1).LockAsync("billing", text: "printer 2", cancellationToken: limit.Token);

        // The last node has no process of the group: another node answers.
        foreach (var node in _nodes)
        {
            using var stream = await PageStream.OpenAsync(node.Http, "/raft/coordination");
            await stream.UntilAsync(
                page => page.Has("locks", "printer 2") && page.Has("sessions", $"coordination@127.0.0.1:{nodes.Ports[1]}"));
            Assert.Contains(
                $"coordination@127.0.0.1:{nodes.Ports[0]} <span class=\"more\">session ", stream["locks"], StringComparison.Ordinal);
            Assert.Contains($", token {held.Token}, printer 1</span>", stream["locks"], StringComparison.Ordinal);
            Assert.Contains("1 claim waits", stream["locks"], StringComparison.Ordinal);
            Assert.Contains("data-label=\"Timeout\">40 s</td>", stream["sessions"], StringComparison.Ordinal);
        }

        using var one = await PageStream.OpenAsync(_nodes[2].Http, "/raft/coordination?lock=billing");
        await one.UntilAsync(page => page.Has("lock", "Held by 1, with 1 permit") && page.Has("lock", "1 claim waits, in this order"));
        await held.DisposeAsync();
        var next = await waits.WaitAsync(DashboardNode.Guard);
        await one.UntilAsync(page => page.Has("lock", $"token {next.Token}, printer 2"));
        await next.DisposeAsync();
        await one.UntilAsync(page => page.Has("lock", "No session holds this lock or waits for it."));
    }

    [Fact]
    public async Task Operator_takes_a_lock_away_and_reads_the_token_of_the_next_holder()
    {
        var held = await LockAsync(0, "billing", null);
        var waits = CoordinationOf(1).LockAsync("billing");
        using var stream = await PageStream.OpenAsync(_nodes[2].Http, "/raft/coordination?lock=billing");
        await stream.UntilAsync(each => each.Has("lock", "1 claim waits"));
        using var page = await SendAsync(HttpMethod.Get, $"{DashboardNode.Ops}/coordination?lock=billing", DashboardNode.Operator);
        using var answer = await BreakAsync($"{held.Token}", DashboardNode.Operator);
        await using var next = await waits.WaitAsync(DashboardNode.Guard);
        var (shown, answered) = (await page.Content.ReadAsStringAsync(), await answer.Content.ReadAsStringAsync());

        Assert.Contains($"The next holder gets a token above {held.Token}.", shown, StringComparison.Ordinal);
        Assert.Equal($"billing is now held by coordination@127.0.0.1:{nodes.Ports[1]} with token {next.Token}.", answered);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.True(held.Lost.IsCancellationRequested);
        Assert.True(next.Token > held.Token);
    }

    [Fact]
    public async Task Lock_that_no_program_waits_for_is_free_when_it_was_taken_away()
    {
        var held = await LockAsync(0, "billing", null);
        using var answer = await BreakAsync($"{held.Token}", DashboardNode.Operator);
        using var again = await BreakAsync($"{held.Token}", DashboardNode.Operator);

        Assert.Equal(
            $"billing has a free place now. The next holder gets a token above {held.Token}.", await answer.Content.ReadAsStringAsync());
        Assert.False(held.IsHeld);
        Assert.Equal(HttpStatusCode.Conflict, again.StatusCode);
        Assert.Equal(
            $"The token {held.Token} does not hold billing any more, so nothing was changed.", await again.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("reader", "same-origin")]
    [InlineData(DashboardNode.Operator, "cross-site")]
    public async Task Lock_stays_unless_an_operator_takes_it_away_from_a_page_of_this_site(string user, string site)
    {
        var held = await LockAsync(0, "billing", null);
        using var stream = await PageStream.OpenAsync(_nodes[2].Http, "/raft/coordination?lock=billing");
        await stream.UntilAsync(each => each.Has("lock", $"token {held.Token}"));
        using var page = await SendAsync(HttpMethod.Get, $"{DashboardNode.Ops}/coordination?lock=billing", user);
        using var answer = await BreakAsync($"{held.Token}", user, site);
        var overview = await CoordinationOf(0).DescribeAsync("billing");

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Equal(held.Token, Assert.Single(Assert.Single(overview.Locks).Holders).Token);
        Assert.True(held.IsHeld);
        Assert.Equal(site == "cross-site", (await page.Content.ReadAsStringAsync()).Contains("/break\"", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("")]
    [InlineData("-1")]
    [InlineData("x")]
    public async Task Break_without_a_token_is_refused(string token)
    {
        await LockAsync(0, "billing", null);
        using var answer = await BreakAsync(token, DashboardNode.Operator);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    // Two holders of a semaphore may have one token.
    [Fact]
    public async Task Break_of_the_permit_of_another_session_changes_nothing()
    {
        var held = await LockAsync(0, "billing", null);
        using var answer = await BreakAsync($"{held.Token}", DashboardNode.Operator, session: 0);

        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        Assert.True(held.IsHeld);
    }

    [Fact]
    public async Task Name_and_text_of_a_lock_are_text_on_every_page()
    {
        await LockAsync(0, Hostile, Hostile);
        using var all = await PageStream.OpenAsync(_nodes[0].Http, "/raft/coordination");
        await all.UntilAsync(page => page.Has("locks", "&lt;img"));
        using var one = await PageStream.OpenAsync(_nodes[0].Http, $"/raft/coordination?lock={Uri.EscapeDataString(Hostile)}");
        await one.UntilAsync(page => page.Has("lock", "&lt;img"));
        var link = $"/raft/coordination?lock={Uri.EscapeDataString(Hostile)}";
        var page = await _nodes[0].Http.GetStringAsync(link);

        Assert.Contains($"href=\"{WebUtility.HtmlEncode(link)}\"", all["locks"], StringComparison.Ordinal);
        Assert.Contains("<h1>Lock &lt;img src=x onerror=alert(1)&gt;", page, StringComparison.Ordinal);
        Assert.All([all["locks"], one["lock"], page], html => Assert.DoesNotContain("<img", html, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Pages_of_many_locks_do_not_fill_the_memory()
    {
        await LockAsync(0, "probe", null);
        CoordinationPoll poll = new(_nodes[0].System);
        Sampler sampler = new(_nodes[0].System, new RaftDashboardOptions(), poll);
        using var seen = sampler.Listen(new Subject(PageKind.Lock, "probe"), "a browser");

        for (var number = 0; number < CoordinationPoll.PollsMax + 20; number++)
        {
            Assert.Single((await sampler.TakeAsync(new Subject(PageKind.Lock, $"lock {number}"))).Locks);
        }

        Assert.Single((await sampler.TakeAsync(new Subject(PageKind.Lock, "probe"))).Locks);
        Assert.InRange(poll.Count, 1, CoordinationPoll.PollsMax + 1);
    }

    [Theory]
    [InlineData("/coordination?lock=")]
    [InlineData("/groups/")]
    [InlineData("/log/")]
    public async Task Name_longer_than_any_is_not_found(string path)
    {
        using var answer = await _nodes[0].Http.GetAsync($"/raft{path}{new string('x', 1001)}");

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Fact]
    public async Task Overview_and_the_page_of_the_group_lead_to_it_and_it_finds_a_lock_by_name()
    {
        using var stream = await PageStream.OpenAsync(_nodes[0].Http, "/raft");
        await stream.UntilAsync(page => page.Has("coordination", "href=\"/raft/coordination\""));
        var group = await _nodes[0].Http.GetStringAsync("/raft/groups/coordination");
        var page = await _nodes[0].Http.GetStringAsync("/raft/coordination");
        var lost = await _nodes[0].Http.GetStringAsync("/raft/coordination?lock=..");

        Assert.Contains("href=\"/raft/coordination\"", group, StringComparison.Ordinal);
        Assert.Contains("<form class=\"join\" method=\"get\" action=\"/raft/coordination\">", page, StringComparison.Ordinal);
        Assert.Contains("<h1>Lock ..</h1>", lost, StringComparison.Ordinal);
    }

    private RaftCoordination CoordinationOf(int node) => nodes.CoordinationOf(node);

    /// <param name="session">By default that of the first holder, as in its form.</param>
    private async Task<HttpResponseMessage> BreakAsync(string token, string? user, string site = "same-origin", long? session = null)
    {
        session ??= (await CoordinationOf(0).DescribeAsync("billing")).Locks is [{ Holders: [var holder, ..] }] ? holder.Session : 1;
        FormUrlEncodedContent form = new([new("lock", "billing"), new("token", token), new("session", $"{session}")]);
        return await SendAsync(HttpMethod.Post, $"{DashboardNode.Ops}/break", user, site, form);
    }

    // To a node that holds no lock.
    private async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string path, string? user, string site = "same-origin", HttpContent? form = null)
    {
        using HttpRequestMessage request = new(method, path) { Content = form };
        request.Headers.Add("Accept", "text/plain");
        request.Headers.Add("Sec-Fetch-Site", site);
        if (user is not null)
        {
            request.Headers.Add(UserByHeader.Header, user);
        }

        return await _nodes[2].Http.SendAsync(request);
    }

    private async Task<RaftLock> LockAsync(int node, string name, string? text)
    {
        var held = await nodes.LockAsync(node, name, text);
        _held.Add(held);
        return held;
    }
}

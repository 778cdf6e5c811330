using Microsoft.AspNetCore.Routing;

namespace RaftActors.Dashboard.Tests;

/// <summary>Changes by the buttons of operators, and their refusals.</summary>
public sealed class OperatorTests(ThreeNodes nodes) : IClassFixture<ThreeNodes>
{
    private HttpClient Http => nodes.All[0].Http;

    private string Own => Http.BaseAddress!.GetLeftPart(UriPartial.Authority);

    private const string Read = "anybody at /raft, anybody at /deep/ops, users at /closed";
    private const string Change = "the operator's own page at /deep/ops";

    // Each with the site of the page that makes the request.
    private static readonly (string? User, string Site)[] Callers =
        [(null, "same-origin"), ("reader", "same-origin"), (DashboardNode.Operator, "same-origin"), (DashboardNode.Operator, "cross-site")];

    // The requests that each endpoint answers, by dashboard.
    private static readonly string[] Rights =
    [
        $"GET /: {Read}",
        $"GET /groups/counter: {Read}",
        $"GET /shards/counter: {Read}",
        $"GET /log/counter: {Read}",
        $"GET /coordination: {Read}",
        $"GET /assets/dashboard.css: {Read}",
        $"GET /assets/dashboard.js: {Read}",
        $"POST /transfer: {Change}",
        $"POST /join: {Change}",
        $"POST /leave: {Change}",
        $"POST /break: {Change}",
    ];

    [Fact]
    public async Task Each_endpoint_has_its_rights_at_each_dashboard()
    {
        List<string> actual = [];
        foreach (var endpoint in nodes.All[0].Endpoints.OfType<RouteEndpoint>())
        {
            var (pattern, method) = (endpoint.RoutePattern.RawText!, endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods[0]);
            if (pattern.StartsWith("/raft", StringComparison.Ordinal))
            {
                var path = pattern["/raft".Length..].Replace("{name}", "counter", StringComparison.Ordinal);
                actual.Add($"{method} {path}: {string.Join(", ", await WaysAsync(new HttpMethod(method), path))}");
            }
        }

        Assert.Equal(Rights, actual);
    }

    private async Task<List<string>> WaysAsync(HttpMethod method, string path)
    {
        List<string> ways = [];
        foreach (var dashboard in (string[])["/raft", DashboardNode.Ops, "/closed"])
        {
            var answered = "";
            foreach (var (user, site) in Callers)
            {
                using HttpRequestMessage request = new(method, $"{dashboard}{path}");
                request.Headers.Add("Sec-Fetch-Site", site);
                AddUser(request, user);
                using var answer = await Http.SendAsync(request);
                answered += answer.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden ? "-" : "+";
            }

            if (answered != "----")
            {
                var who = answered switch { "++++" => "anybody", "-+++" => "users", "--+-" => "the operator's own page", _ => answered };
                ways.Add($"{who} at {dashboard}");
            }
        }

        return ways;
    }

    [Theory]
    [InlineData("/raft", DashboardNode.Operator)]
    [InlineData(DashboardNode.Ops, null)]
    [InlineData(DashboardNode.Ops, "reader")]
    public async Task User_who_may_change_nothing_sees_no_button(string dashboard, string? user)
    {
        var page = await GetAsync($"{dashboard}/groups/counter", user);
        using var answer = await PostAsync($"{dashboard}/leave", Follower(), user);

        Assert.DoesNotContain("<button", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<form", page, StringComparison.Ordinal);
        Assert.Equal("You are no operator of this dashboard, so nothing was changed.", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Events_have_buttons_for_operators_alone()
    {
        using var reader = await PageStream.OpenAsync(Http, $"{DashboardNode.Ops}/groups/counter");
        using var answer = await PageStream.SendAsync(Http, $"{DashboardNode.Ops}/groups/counter", DashboardNode.Operator);
        using PageStream operators = new(await PageStream.ReadAsync(answer));

        await reader.UntilAsync(_ => true);
        await operators.UntilAsync(_ => true);

        Assert.Contains("Make it the leader", operators["changes"], StringComparison.Ordinal);
        Assert.Throws<KeyNotFoundException>(() => reader["changes"]);
    }

    [Fact]
    public async Task Operator_transfers_the_leadership_to_a_member()
    {
        var follower = Follower();
        var page = await GetAsync($"{DashboardNode.Ops}/groups/counter", DashboardNode.Operator);
        using var answer = await PostAsync($"{DashboardNode.Ops}/transfer", follower, DashboardNode.Operator);

        Assert.Contains($"<input type=\"hidden\" name=\"member\" value=\"{follower}\">", page, StringComparison.Ordinal);
        Assert.Equal($"{follower} leads counter now.", await answer.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task Operator_removes_a_member_and_adds_it_again()
    {
        var follower = Follower();
        using var removed = await PostAsync($"{DashboardNode.Ops}/leave", follower, DashboardNode.Operator);
        Assert.Equal($"{follower} is no member of counter now.", await removed.Content.ReadAsStringAsync());

        using var added = await PostAsync($"{DashboardNode.Ops}/join", follower, DashboardNode.Operator);
        Assert.Equal($"{follower} is a member of counter now.", await added.Content.ReadAsStringAsync());

        using var stream = await PageStream.OpenAsync(Http, "/raft/groups/counter");
        await stream.UntilAsync(page => page["summary"].Contains("3 of 3 voters", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Removal_by_a_page_that_shows_older_members_is_refused()
    {
        using var answer = await PostAsync($"{DashboardNode.Ops}/leave", Follower(), DashboardNode.Operator, basedOn: "0");

        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.StartsWith("The group refused the removal of counter@", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Form_without_the_script_gets_a_page()
    {
        using var request = Request($"{DashboardNode.Ops}/transfer", ThreeNodes.StatusOf(nodes.Leader).Name, DashboardNode.Operator);
        request.Headers.Add("Sec-Fetch-Site", "same-origin");
        request.Headers.Remove("Accept");
        request.Headers.Add("Accept", "text/html");

        using var answer = await Http.SendAsync(request);

        Assert.Equal("text/html", answer.Content.Headers.ContentType!.MediaType);
        Assert.Contains($"<a href=\"{DashboardNode.Ops}\">", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cross-site", null)]
    [InlineData("cross-site", "own")] // Forged: the browser tells the site.
    [InlineData("same-site", null)]
    [InlineData("none", null)]
    [InlineData(null, "http://127.0.0.1:1")]
    [InlineData(null, "https://example.org")]
    [InlineData(null, "null")]
    [InlineData(null, null)]
    public async Task Request_of_another_site_is_refused_even_from_an_operator(string? site, string? origin)
    {
        using var request = Request($"{DashboardNode.Ops}/transfer", Follower(), DashboardNode.Operator);
        request.Headers.Add("Sec-Fetch-Site", site is null ? [] : [site]);
        request.Headers.Add("Origin", origin is null ? [] : [origin == "own" ? Own : origin]);

        using var answer = await Http.SendAsync(request);

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Contains("another site", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Browser_that_names_only_its_origin_is_taken_by_it()
    {
        using var request = Request($"{DashboardNode.Ops}/transfer", ThreeNodes.StatusOf(nodes.Leader).Name, DashboardNode.Operator);
        request.Headers.Add("Origin", Own);

        using var answer = await Http.SendAsync(request);

        Assert.NotEqual(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Theory]
    [InlineData("counter", "no name", HttpStatusCode.BadRequest)]
    [InlineData("other", "counter@node", HttpStatusCode.NotFound)]
    public async Task Wrong_name_is_refused_with_the_reason(string group, string member, HttpStatusCode expected)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, $"{DashboardNode.Ops}/join");
        request.Content = new FormUrlEncodedContent([new("group", group), new("member", member)]);
        request.Headers.Add(UserByHeader.Header, DashboardNode.Operator);
        request.Headers.Add("Sec-Fetch-Site", "same-origin");
        request.Headers.Add("Accept", "text/plain");

        using var answer = await Http.SendAsync(request);

        Assert.Equal(expected, answer.StatusCode);
        Assert.Contains("so nothing was changed", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Policy_that_the_application_lacks_allows_nothing()
    {
        Assert.Equal(HttpStatusCode.InternalServerError, (await Http.GetAsync("/wrong")).StatusCode);
        using var answer = await PostAsync("/wrong/transfer", Follower(), DashboardNode.Operator);
        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
    }

    private ProcessName Follower() => ThreeNodes.StatusOf(nodes.All.First(node => node != nodes.Leader)).Name;

    private async Task<string> GetAsync(string path, string? user)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, path);
        AddUser(request, user);
        using var answer = await Http.SendAsync(request);
        return await answer.Content.ReadAsStringAsync();
    }

    private async Task<HttpResponseMessage> PostAsync(string path, ProcessName member, string? user, string basedOn = "")
    {
        using var request = Request(path, member, user, basedOn);
        request.Headers.Add("Sec-Fetch-Site", "same-origin");
        return await Http.SendAsync(request);
    }

    private static HttpRequestMessage Request(string path, ProcessName member, string? user, string basedOn = "")
    {
        HttpRequestMessage request = new(HttpMethod.Post, path)
        {
            Content = new FormUrlEncodedContent([new("group", "counter"), new("member", member.Value), new("basedOn", basedOn)]),
        };
        request.Headers.Add("Accept", "text/plain");
        AddUser(request, user);
        return request;
    }

    private static void AddUser(HttpRequestMessage request, string? user)
    {
        if (user is not null)
        {
            request.Headers.Add(UserByHeader.Header, user);
        }
    }
}

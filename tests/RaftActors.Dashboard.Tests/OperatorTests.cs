using System.Net;

namespace RaftActors.Dashboard.Tests;

/// <summary>Changes by the buttons of operators, and their refusals.</summary>
public sealed class OperatorTests(ThreeNodes nodes) : IClassFixture<ThreeNodes>
{
    private HttpClient Http => nodes.All[0].Http;

    public static TheoryData<string> Changes => ["transfer", "join", "leave"];

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task Dashboard_without_a_policy_has_no_button_and_refuses_changes(string change)
    {
        var page = await GetAsync("/raft/groups/counter", DashboardNode.Operator);
        using var answer = await PostAsync($"/raft/{change}", Follower(), DashboardNode.Operator);

        Assert.DoesNotContain("<button", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<form", page, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Theory]
    [InlineData("transfer", null)]
    [InlineData("join", null)]
    [InlineData("leave", null)]
    [InlineData("transfer", "reader")]
    [InlineData("join", "reader")]
    [InlineData("leave", "reader")]
    public async Task User_whom_the_policy_refuses_sees_no_button_and_changes_nothing(string change, string? user)
    {
        var page = await GetAsync($"{DashboardNode.Ops}/groups/counter", user);
        using var answer = await PostAsync($"{DashboardNode.Ops}/{change}", Follower(), user);

        Assert.DoesNotContain("<button", page, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
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
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    [InlineData("Sec-Fetch-Site", "none")]
    [InlineData("Origin", "http://127.0.0.1:1")]
    [InlineData("Origin", "https://example.org")]
    [InlineData("Origin", "null")]
    [InlineData("X-Other", "x")]
    public async Task Request_of_another_site_is_refused_even_from_an_operator(string header, string value)
    {
        using var request = Request($"{DashboardNode.Ops}/transfer", Follower(), DashboardNode.Operator);
        request.Headers.Add(header, value);

        using var answer = await Http.SendAsync(request);

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Contains("another site", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Request_of_another_site_is_refused_even_if_its_origin_is_forged_but_not_its_site()
    {
        using var request = Request($"{DashboardNode.Ops}/transfer", Follower(), DashboardNode.Operator);
        request.Headers.Add("Sec-Fetch-Site", "cross-site");
        request.Headers.Add("Origin", Http.BaseAddress!.GetLeftPart(UriPartial.Authority));

        using var answer = await Http.SendAsync(request);

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Fact]
    public async Task Browser_that_names_only_its_origin_is_taken_by_it()
    {
        using var request = Request($"{DashboardNode.Ops}/transfer", ThreeNodes.StatusOf(nodes.Leader).Name, DashboardNode.Operator);
        request.Headers.Add("Origin", Http.BaseAddress!.GetLeftPart(UriPartial.Authority));

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

    [Theory]
    [InlineData("")]
    [InlineData("/groups/counter")]
    [InlineData("/log/counter")]
    [InlineData("/assets/dashboard.js")]
    public async Task Dashboard_with_authorization_is_closed_to_users_without_rights(string path)
    {
        using var answer = await Http.GetAsync($"/closed{path}");
        using HttpRequestMessage request = new(HttpMethod.Get, $"/closed{path}");
        request.Headers.Add(UserByHeader.Header, "reader");
        using var known = await Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal(HttpStatusCode.OK, known.StatusCode);
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

using System.Text.RegularExpressions;

namespace RaftActors.Dashboard.Tests;

/// <summary>The pages of a node, over HTTP.</summary>
public sealed partial class PageTests(ThreeNodes nodes) : IClassFixture<ThreeNodes>
{
    private HttpClient Http => nodes.All[0].Http;

    [Fact]
    public async Task Overview_has_each_group_with_its_leader_and_each_node()
    {
        var page = await Http.GetStringAsync("/raft");

        Assert.Contains("<a href=\"/raft/groups/counter\">counter</a>", page, StringComparison.Ordinal);
        Assert.Contains("Each has a leader.", page, StringComparison.Ordinal);
        Assert.Contains("No problems are known.", page, StringComparison.Ordinal);
        Assert.Contains($"data-label=\"Leader\">{ThreeNodes.StatusOf(nodes.Leader).Name.Node}</td>", page, StringComparison.Ordinal);
        var names = nodes.All.Select(node => ThreeNodes.StatusOf(node).Name.Node);
        Assert.All(names, name => Assert.Contains($"\"rowheader\">{name}", page, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Group_page_has_each_member_with_its_role_and_what_the_engine_says()
    {
        var page = await Http.GetStringAsync("/raft/groups/counter");

        Assert.Contains($"Led by <strong>{ThreeNodes.StatusOf(nodes.Leader).Name}</strong>", page, StringComparison.Ordinal);
        Assert.All(nodes.All, node => Assert.Contains($">{ThreeNodes.StatusOf(node).Name}", page, StringComparison.Ordinal));
        Assert.Equal(2, Regex.Count(page, "<span class=\"role \">follower</span>"));
        Assert.Contains("<svg class=\"quorum\"", page, StringComparison.Ordinal);
        Assert.Contains("at most 11 may vote", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_of_the_leader_shows_the_votes_that_elected_it()
    {
        var page = await nodes.Leader.Http.GetStringAsync("/raft/groups/counter");

        Assert.InRange(Regex.Count(page, "<g class=\"vote\">"), 2, 3);
        Assert.Contains("A tick: its vote elected the leader", page, StringComparison.Ordinal);
        Assert.Matches(@"elected leader in term \d+ by counter@", page);
    }

    [Theory]
    [InlineData("/raft")]
    [InlineData("/raft/groups/counter")]
    [InlineData("/raft/groups/unknown")]
    [InlineData("/raft/shards/unknown")]
    public async Task Page_has_no_script_and_no_style_of_its_own_and_its_policy_allows_none(string path)
    {
        using var answer = await Http.GetAsync(path);
        var page = await answer.Content.ReadAsStringAsync();

        var policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));
        Assert.Contains("default-src 'none'; script-src 'self'; style-src 'self';", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
        Assert.True(answer.Headers.CacheControl!.NoStore);
        Assert.DoesNotMatch(InlineCode(), page);
    }

    [Theory]
    [InlineData("/raft/groups/unknown")]
    [InlineData("/raft/shards/unknown")]
    public async Task Unknown_name_has_no_page(string path)
    {
        using var answer = await Http.GetAsync(path);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Contains("This node", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Script_and_style_have_addresses_that_change_with_their_content()
    {
        var page = await Http.GetStringAsync("/raft/groups/counter");

        foreach (Match asset in Assets().Matches(page))
        {
            using var answer = await Http.GetAsync(asset.Groups[1].Value);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Equal(TimeSpan.FromDays(365), answer.Headers.CacheControl!.MaxAge);
        }

        Assert.Equal(2, Assets().Count(page));
    }

    [Fact]
    public async Task Links_of_a_dashboard_below_another_path_lead_to_itself()
    {
        var page = await Http.GetStringAsync($"{DashboardNode.Ops}/groups/counter");

        Assert.Contains($"<a href=\"{DashboardNode.Ops}\">", page, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await Http.GetAsync(Assets().Match(page).Groups[1].Value)).StatusCode);
    }

    [GeneratedRegex("<script(?! defer src=\"/raft/assets)|<style| style=| on[a-z]+=|javascript:")]
    private static partial Regex InlineCode();

    [GeneratedRegex("(?:href|src)=\"([^\"]*/assets/[^\"]*)\"")]
    private static partial Regex Assets();
}

namespace RaftActors.Dashboard.Pages;

/// <summary>The groups of one <see cref="RaftShards"/> beside each other.</summary>
internal static class ShardsPage
{
    public static View Render(Sample sample, string name, ViewKey key)
    {
        var shards = sample.Shards.FirstOrDefault(each => each.Name == name);
        var groups = GroupsOf(sample, shards);
        return new View($"Shards of {name}",
        [
            new Part("summary", html => Summary(html, name, shards, groups)),
            new Part("shards", shards is null ? null : html =>
            {
                html.Add($"<section><h2>Leaders</h2>");
                Leaders(html, groups, key.Root);
                html.Add($"</section>");
            }),
            new Part("groups", shards is null ? null : html => Words.Groups(html, groups, $"Shards of {name}", key.Root)),
        ],
        IsMissing: shards is null);
    }

    public static List<GroupView> GroupsOf(Sample sample, RaftShards? shards) =>
        [.. (shards?.All ?? []).Select(shard => sample.Find(shard.Group)).OfType<GroupView>()];

    public static void Leaders(HtmlWriter html, List<GroupView> groups, string root)
    {
        var nodes = groups.SelectMany(group => group.Processes).Select(process => process.Name.Node).Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal)
            .Select(node => (Node: (string?)node, Leads: groups.Where(group => group.Leader?.Node == node).ToList()))
            .Append((null, groups.Where(group => group.Leader is null).ToList()))
            .Where(each => each.Item1 is not null || each.Item2.Count > 0);
        html.Add($"<dl class=\"homes\">");
        foreach (var (node, leads) in nodes)
        {
            html.Add($"<div data-key=\"{node}\"><dt class=\"{(node is null ? "problem" : "")}\">{node ?? "No leader"} ");
            html.Add($"<span class=\"more\">{leads.Count}</span></dt><dd>");
            foreach (var group in leads)
            {
                html.Add($"<a class=\"chip{(group.Problems.IsEmpty ? "" : " ill")}\" data-key=\"{group.Name}\" ");
                html.Add($"href=\"{Words.Link(root, group.Name)}\">{group.Name}</a> ");
            }

            html.Add($"</dd></div>");
        }

        html.Add($"</dl>");
    }

    private static void Summary(HtmlWriter html, string name, RaftShards? shards, List<GroupView> groups)
    {
        if (shards is null)
        {
            html.Add($"<p class=\"problem\">This node has neither an actor nor a client of shards with the name {name}.</p>");
            return;
        }

        var headless = groups.Count(group => group.Leader is null);
        html.Add($"<p>{Words.Count(shards.All.Count, "shard", "shards")}. ");
        html.Add($"{(headless == 0 ? "Each that this node knows has a leader." : $"{headless} without a leader.")}");
        html.Add($"{(groups.Count == shards.All.Count ? "" : $" This node has asked for {groups.Count} of them so far.")}</p>");
    }
}

using RaftActors.Dashboard.Html;
using RaftActors.Dashboard.Sampling;

namespace RaftActors.Dashboard.Pages;

/// <summary>The groups of one <see cref="RaftShards"/> beside each other.</summary>
internal static class ShardsPage
{
    public static View Render(Sample sample, string name, ViewKey key)
    {
        HtmlWriter summary = new();
        HtmlWriter leaders = new();
        HtmlWriter table = new();
        if (sample.Shards.FirstOrDefault(each => each.Name == name) is { } shards)
        {
            var groups = shards.All.Select(shard => sample.Find(shard.Group)).OfType<GroupView>().ToList();
            var headless = groups.Count(group => group.Leader is null);
            var unknown = shards.All.Count - groups.Count;
            summary.Add($"<p>{Words.Count(shards.All.Count, "shard", "shards")}. ");
            summary.Add($"{(headless == 0 ? "Each that this node knows has a leader." : $"{headless} without a leader.")}");
            summary.Add($"{(unknown == 0 ? "" : $" This node has asked for {groups.Count} of them so far.")}</p>");
            leaders.Add($"<section><h2>Leaders</h2>");
            Leaders(leaders, sample, shards, key.Root);
            leaders.Add($"</section>");
            Words.Groups(table, groups, $"Shards of {name}", key.Root);
        }
        else
        {
            summary.Add($"<p class=\"problem\">This node has neither an actor nor a client of shards with the name {name}.</p>");
        }

        return new View($"Shards of {name}",
        [
            new Part("summary", summary.ToMarkup()),
            new Part("shards", leaders.ToMarkup()),
            new Part("groups", table.ToMarkup()),
        ]);
    }

    public static void Leaders(HtmlWriter html, Sample sample, RaftShards shards, string root)
    {
        var groups = shards.All.Select(shard => sample.Find(shard.Group)).OfType<GroupView>().ToList();
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
}

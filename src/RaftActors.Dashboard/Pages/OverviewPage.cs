namespace RaftActors.Dashboard.Pages;

/// <summary>All groups and all nodes.</summary>
internal static class OverviewPage
{
    public static View Render(Sample sample, ViewKey key)
    {
        // A single shard is shown like any other group.
        var shards = sample.Shards.Where(each => each.All.Count > 1).ToList();
        var ofShards = shards.SelectMany(each => each.All).Select(shard => shard.Group).ToHashSet(StringComparer.Ordinal);
        return new View("Groups",
        [
            new Part("summary", html => Summary(html, sample)),
            new Part("groups", html => Groups(html, sample, ofShards, key)),
            new Part("shards", html => Shards(html, sample, shards, key)),
            new Part("nodes", html => Nodes(html, sample)),
            new Part("coordination", html => Coordination(html, sample, key)),
        ]);
    }

    private static void Summary(HtmlWriter html, Sample sample)
    {
        var ill = sample.Groups.Where(group => !group.Problems.IsEmpty).ToList();
        var headless = sample.Groups.Count(group => group.Leader is null);
        html.Add($"<p>{Words.Count(sample.Groups.Length, "group", "groups")}. ");
        html.Add($"{(headless == 0 ? "Each has a leader. " : $"{headless} without a leader. ")}");
        html.Add($"<strong class=\"{(ill.Count == 0 ? "fine" : "problem")}\">");
        html.Add($"{(ill.Count == 0 ? "No problems are known." : $"{Words.Count(ill.Count, "group has", "groups have")} problems.")}");
        html.Add($"</strong></p>");
    }

    private static void Groups(HtmlWriter html, Sample sample, HashSet<string> ofShards, ViewKey key)
    {
        var groups = sample.Groups.Where(group => !ofShards.Contains(group.Name)).ToList();
        if (groups.Count > 0)
        {
            Words.Groups(html, groups, "Groups that this node hosts or has a client of", key.Root);
        }
        else if (ofShards.Count == 0)
        {
            html.Add($"<p>This node neither hosts a group nor has a client of one.</p>");
        }
    }

    private static void Shards(HtmlWriter html, Sample sample, List<RaftShards> all, ViewKey key)
    {
        foreach (var shards in all)
        {
            html.Add($"<section><h2>Shards of {shards.Name}</h2>");
            ShardsPage.Leaders(html, ShardsPage.GroupsOf(sample, shards), key.Root);
            html.Add($"<p><a href=\"{key.Root}/shards/{Uri.EscapeDataString(shards.Name)}\">All shards of {shards.Name}</a></p></section>");
        }
    }

    private static void Coordination(HtmlWriter html, Sample sample, ViewKey key)
    {
        if (sample.CoordinationGroup is not null)
        {
            html.Add($"<p><a href=\"{key.Root}/coordination\">{CoordinationPage.Title} of the coordination</a></p>");
        }
    }

    private static void Nodes(HtmlWriter html, Sample sample)
    {
        var nodes = sample.Groups
            .SelectMany(group => group.Processes.Select(process => (Group: group, Process: process)))
            .GroupBy(each => each.Process.Name.Node, StringComparer.Ordinal)
            .OrderBy(node => node.Key, StringComparer.Ordinal);
        Words.Heads(html, "Nodes", "Node", "Processes", "Leads", "Answers", "Problems");

        foreach (var node in nodes)
        {
            var (all, silent) = (node.Count(), node.Count(each => each.Process.Status is null));
            var faults = node.Count(each => Words.Role(each.Process) is "stopped" or "fenced" or "no member");
            html.Add($"<tr role=\"row\"><th scope=\"row\" role=\"rowheader\">{node.Key}");
            html.Add($"{(node.Any(each => each.Process.IsOfThisNode) ? " (this node)" : "")}</th>");
            Words.Number(html, "Processes", all);
            Words.Number(html, "Leads", node.Count(each => each.Group.Leader == each.Process.Name));
            Words.Cell(html, "Answers", silent == 0 ? "all" : silent == all ? "no" : $"{all - silent} of {all}");
            html.Add($"<td role=\"cell\" data-label=\"Problems\">");
            html.Add($"<span class=\"{(silent + faults == 0 ? "fine" : "problem")}\">");
            html.Add($"{(silent + faults == 0 ? "none" : Words.Count(silent + faults, "process", "processes"))}");
            html.Add($"</span></td></tr>");
        }

        html.Add($"</tbody></table>");
    }
}

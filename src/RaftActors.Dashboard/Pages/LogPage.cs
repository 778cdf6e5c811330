namespace RaftActors.Dashboard.Pages;

/// <summary>The latest pairs of the log of one group, as this node has them.</summary>
internal static class LogPage
{
    public static View Render(Sample sample, GroupView group)
    {
        var log = sample.Logs.GetValueOrDefault(group.Name);
        return new View(
            $"Log of {group.Name}",
            [
                new Part("summary", html => Summary(html, group, log)),
                new Part("pairs", log is null ? null : html => Pairs(html, group, log)),
            ]);
    }

    private static void Summary(HtmlWriter html, GroupView group, LogView? log)
    {
        if (log is null)
        {
            html.Add($"<p class=\"problem\">This node has no process of {group.Name}, and so no log of it. ");
            html.Add($"Open this page on a node that has one, or use 'raft log tail'.</p>");
            return;
        }

        html.Add($"<p>");
        if (log.Process is { } process)
        {
            Words.Age(html, group, process);
        }

        html.Add($"</p><p>Entries without a pair, such as changes of the members, are not listed: where the index skips, there is one. ");
        html.Add($"{(log.HasValues ? "" : "The application shows no values of this group.")}</p>");
    }

    private static void Pairs(HtmlWriter html, GroupView group, LogView log)
    {
        html.Add($"<p>");
        Words.Progress(html, group, log.Rows.Select(row => row.Serial).FirstOrDefault());
        html.Add($"</p>");
        if (log.Rows.IsEmpty)
        {
            html.Add($"<p>There is no pair in memory. 'raft log tail' reads those in the store.</p>");
            return;
        }

        string[] headings =
            ["Serial", "Time", "Key", "Index", "Term", "Bytes", "Type", .. log.HasValues ? ["Value"] : Array.Empty<string>()];
        Words.Heads(html, $"The latest {Words.Count(log.Rows.Length, "committed pair", "committed pairs")}, the last one first", headings);
        foreach (var row in log.Rows)
        {
            html.Add($"<tr role=\"row\" data-key=\"{row.Serial}\">");
            html.Add($"<th scope=\"row\" role=\"rowheader\" class=\"number\">{row.Serial:N0}</th>");
            Words.Cell(html, "Time", row.Time);
            Words.Cell(html, "Key", row.Key);
            Words.Number(html, "Index", row.Index);
            Words.Number(html, "Term", row.Term);
            Words.Number(html, "Bytes", row.Size);
            Words.Cell(html, "Type", row.Type);
            if (log.HasValues)
            {
                Words.Cell(html, "Value", row.Text ?? "–");
            }

            html.Add($"</tr>");
        }

        html.Add($"</tbody></table>");
    }
}

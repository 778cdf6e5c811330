using System.Globalization;

namespace RaftActors.Dashboard.Pages;

/// <summary>The latest pairs of the log of one group, as this node has them.</summary>
internal static class LogPage
{
    private const int TextMax = 200;

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
        html.Add($"{(log.Show is not null ? "" : "The application shows no values of this group.")}</p>");
    }

    private static void Pairs(HtmlWriter html, GroupView group, LogView log)
    {
        html.Add($"<p>");
        Words.Progress(html, group, log.Pairs.LastOrDefault()?.Serial.Value ?? 0);
        html.Add($"</p>");
        if (log.Pairs.Count == 0)
        {
            html.Add($"<p>There is no pair in memory. 'raft log tail' reads those in the store.</p>");
            return;
        }

        string[] headings =
            ["Serial", "Time", "Key", "Index", "Term", "Bytes", "Type", .. log.Show is null ? Array.Empty<string>() : ["Value"]];
        Words.Heads(html, $"The latest {Words.Count(log.Pairs.Count, "committed pair", "committed pairs")}, the last one first", headings);
        foreach (var pair in log.Pairs.Reverse())
        {
            html.Add($"<tr role=\"row\" data-key=\"{pair.Serial}\">");
            html.Add($"<th scope=\"row\" role=\"rowheader\" class=\"number\">{pair.Serial.Value:N0}</th>");
            Words.Cell(html, "Time", pair.Time.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
            Words.Cell(html, "Key", Short(pair.Key));
            Words.Number(html, "Index", pair.Index);
            Words.Number(html, "Term", pair.Term);
            Words.Number(html, "Bytes", pair.Size);
            Words.Cell(html, "Type", Short(pair.ValueType));
            if (log.Show is { } show)
            {
                Words.Cell(html, "Value", Shown(show, pair) ?? "–");
            }

            html.Add($"</tr>");
        }

        html.Add($"</tbody></table>");
    }

    private static string? Shown(Func<CommittedPair, string?> show, CommittedPair pair)
    {
        try
        {
            return show(pair) is { } text ? Short(text) : null;
        }
        catch (Exception cause)
        {
            // Code of the application may throw anything. Its message may contain a part of the value, which must not be shown.
            return $"not shown: {cause.GetType().Name}";
        }
    }

    private static string Short(string text) =>
        text.Length <= TextMax ? text : $"{text.AsSpan(0, char.IsHighSurrogate(text[TextMax - 1]) ? TextMax - 1 : TextMax)}…";
}

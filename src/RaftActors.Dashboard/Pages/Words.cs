using System.Globalization;

namespace RaftActors.Dashboard.Pages;

/// <summary>Small pieces that several pages write alike.</summary>
internal static class Words
{
    public static string Count(long number, string one, string many) =>
        string.Create(CultureInfo.InvariantCulture, $"{number:N0} {(number == 1 ? one : many)}");

    public static string Span(TimeSpan time) => time switch
    {
        { TotalSeconds: < 60 } => "under a minute",
        { TotalMinutes: < 60 } => $"{(int)time.TotalMinutes} min",
        { TotalHours: < 48 } => $"{(int)time.TotalHours} h",
        _ => $"{(int)time.TotalDays} days",
    };

    public static string Rate(double? rate) => rate switch
    {
        null => "…",
        < 10 => rate.Value.ToString("0.#", CultureInfo.InvariantCulture),
        _ => rate.Value.ToString("N0", CultureInfo.InvariantCulture),
    };

    public static string Link(string root, string group) => $"{root}/groups/{Uri.EscapeDataString(group)}";

    /// <summary>Returns the role of a process, or why it has none.</summary>
    public static string Role(ProcessView process) => process switch
    {
        { Status: null } => "does not answer",
        { Status.Failure: not null } => "stopped",
        { Status.IsOpen: false } => "opening its store",
        { Status.Fence: not null } => "fenced",
        { Member: null } => "no member",
        { Member.NeverVotes: true } => "non-voter",
        { Member.IsVoter: false } => "learner",
        { Status.Role: RaftRole.PreCandidate } => "pre-candidate",
        _ => process.Status.Role.ToString().ToLowerInvariant(),
    };

    public static void Groups(HtmlWriter html, IEnumerable<GroupView> groups, string caption, string root)
    {
        Heads(html, caption, "Group", "Leader", "Term", "Members", "Committed", "Pairs a second", "Lag", "Problems");
        foreach (var group in groups)
        {
            html.Add($"<tr role=\"row\" data-key=\"{group.Name}\"><th scope=\"row\" role=\"rowheader\">");
            html.Add($"<a href=\"{Link(root, group.Name)}\">{group.Name}</a></th>");
            Cell(html, "Leader", group.Leader?.Node ?? "none");
            Number(html, "Term", group.Term);
            Cell(html, "Members", Members(group));
            Number(html, "Committed", group.Committed);
            html.Add($"<td role=\"cell\" class=\"number\" data-label=\"Pairs a second\">{Rate(group.Rate)}</td>");
            Number(html, "Lag", group.Lag);
            html.Add($"<td role=\"cell\" data-label=\"Problems\">");
            if (group.Problems.IsEmpty)
            {
                html.Add($"<span class=\"fine\">none</span>");
            }
            else
            {
                html.Add($"<span class=\"problem\">{group.Problems[0]}</span>");
                if (group.Problems.Length > 1)
                {
                    html.Add($" <span class=\"more\">and {group.Problems.Length - 1} more</span>");
                }
            }

            html.Add($"</td></tr>");
        }

        html.Add($"</tbody></table>");
    }

    /// <summary>Tells how old the state of a process may be, without numbers that change all the time.</summary>
    public static void Age(HtmlWriter html, GroupView group, ProcessName process)
    {
        var own = group.Processes.Any(each => each.Name == process && each.IsOfThisNode) ? " of this node" : "";
        if (!group.IsSound)
        {
            html.Add($"<strong class=\"problem\">Stale</strong>: {group.Name} has no leader, or no majority answers. ");
            html.Add($"{process}{own} had this last.");
        }
        else if (process == group.Leader)
        {
            html.Add($"From the leader, {process}{own}.");
        }
        else
        {
            html.Add($"From {process}{own}, which follows {group.Leader} and <strong>may be behind</strong> it.");
        }
    }

    /// <summary>Tells how far a process is.</summary>
    /// <param name="serial">The last serial of the state.</param>
    public static void Progress(HtmlWriter html, GroupView group, long serial)
    {
        var lag = Math.Max(0, group.Committed - serial);
        html.Add($"Up to serial {serial:N0}");
        html.Add($"{(lag == 0 ? "." : $", {Count(lag, "pair", "pairs")} behind the latest that a member knows as committed.")}");
    }

    public static void Heads(HtmlWriter html, string caption, params ReadOnlySpan<string> headings)
    {
        html.Add($"<table role=\"table\"><caption>{caption}</caption><thead><tr role=\"row\">");
        foreach (var heading in headings)
        {
            html.Add($"<th scope=\"col\" role=\"columnheader\">{heading}</th>");
        }

        html.Add($"</tr></thead><tbody role=\"rowgroup\">");
    }

    public static void Cell(HtmlWriter html, string label, string text) =>
        html.Add($"<td role=\"cell\" data-label=\"{label}\">{text}</td>");

    /// <param name="number">Null: it is not known.</param>
    public static void Number(HtmlWriter html, string label, long? number) => html.Add(
        $"<td role=\"cell\" class=\"number\" data-label=\"{label}\">{number?.ToString("N0", CultureInfo.InvariantCulture) ?? "–"}</td>");

    private static string Members(GroupView group) => group.Learners.Count() is > 0 and var learners
        ? $"{Count(group.Voters.Count(), "voter", "voters")}, {Count(learners, "learner", "learners")}"
        : Count(group.Voters.Count(), "voter", "voters");
}

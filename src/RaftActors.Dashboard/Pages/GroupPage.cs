using RaftActors.Dashboard.Html;
using RaftActors.Dashboard.Sampling;

namespace RaftActors.Dashboard.Pages;

/// <summary>One group.</summary>
internal static class GroupPage
{
    public static View Render(Sample sample, GroupView group, ViewKey key)
    {
        var at = sample.At;
        Part[] operators = key.IsOperator
            ? [new Part("changes", Changes(group, key)), new Part("join", Join(group, key), IsLive: false)]
            : [];
        return new View(
            group.Name,
            [
                new Part("summary", Summary(group)),
                new Part("problems", Problems(group)),
                new Part("quorum", Quorum(group)),
                new Part("plots", Plots(), IsLive: false),
                new Part("members", Members(group, at)),
                .. operators,
                new Part("why", Why(group)),
                new Part("events", Events(group)),
                new Part("more", More(group, group == sample.CoordinationGroup, key), IsLive: false),
            ],
            new Point(at.ToUnixTimeMilliseconds(), group.Rate, group.Lag, group.Times?.Median, group.Times?.High));
    }

    // Has no numbers that change with each pair, because screen readers read it aloud when it changes.
    private static Markup Summary(GroupView group)
    {
        HtmlWriter html = new();
        html.Add($"<p>");
        if (group.Leader is { } leader)
        {
            html.Add($"Led by <strong>{leader}</strong> in term {group.Term:N0}. ");
        }
        else
        {
            html.Add($"<strong class=\"problem\">No leader</strong> in term {group.Term:N0}. ");
        }

        html.Add($"{group.Answering} of {Words.Count(group.Voters.Count(), "voter", "voters")} answer; ");
        html.Add($"{group.Majority} commit a pair.</p>");
        return html.ToMarkup();
    }

    private static Markup Problems(GroupView group)
    {
        HtmlWriter html = new();
        Words.Problems(html, group.Problems);
        return html.ToMarkup();
    }

    private static Markup Quorum(GroupView group)
    {
        HtmlWriter html = new();
        html.Add($"<section><h2>Quorum</h2>");
        QuorumDrawing.Add(html, group);
        html.Add($"<p class=\"legend\">L leader, F follower, P pre-candidate, C candidate, n learner, ? silent, ! fenced or stopped. ");
        html.Add($"A broken line: the leader does not reach the member.");
        var votes = QuorumDrawing.VotesOf(group);
        html.Add($"{(votes.Count == 0 ? "" : $" A tick: its vote elected the leader of term {group.Term}.")}</p></section>");
        return html.ToMarkup();
    }

    // The script draws the plots. Without it, the page has the numbers in the tables.
    private static Markup Plots()
    {
        HtmlWriter html = new();
        html.Add($"<section class=\"plots\"><h2>Last two minutes</h2><div>");
        html.Add($"<figure data-plot=\"rate\"><figcaption>Pairs committed a second <span class=\"now\">…</span></figcaption></figure>");
        html.Add($"<figure data-plot=\"lag\"><figcaption>Pairs that the slowest member lacks ");
        html.Add($"<span class=\"now\">…</span></figcaption></figure>");
        html.Add($"<figure data-plot=\"time\"><figcaption>Append to commit on this node, ms: median and p99 ");
        html.Add($"<span class=\"now\">…</span></figcaption></figure></div></section>");
        return html.ToMarkup();
    }

    private static Markup Members(GroupView group, DateTimeOffset at)
    {
        HtmlWriter html = new();
        html.Add($"<table role=\"table\"><caption>Members, from index {group.MembersIndex:N0} on");
        html.Add($"{(group.MaxQuorum is { } max ? $", at most {max} voters" : "")}</caption><thead><tr role=\"row\">");
        foreach (var heading in (string[])["Member", "Role", "For", "Votes", "Term", "Committed", "Delivered", "Lag"])
        {
            html.Add($"<th scope=\"col\" role=\"columnheader\">{heading}</th>");
        }

        html.Add($"</tr></thead><tbody role=\"rowgroup\">");
        foreach (var process in group.Processes)
        {
            var status = process.Status;
            html.Add($"<tr role=\"row\" data-key=\"{process.Name}\"><th scope=\"row\" role=\"rowheader\">{process.Name}");
            html.Add($"{(process.IsOfThisNode ? " (this node)" : "")}</th>");
            html.Add($"<td role=\"cell\" data-label=\"Role\"><span class=\"role {(process.Name == group.Leader ? "leads" : "")}\">");
            html.Add($"{Words.Role(process)}</span></td>");
            Words.Cell(html, "For", status is { IsOpen: true } ? Words.Span(at - status.RoleSince) : "–");
            Words.Cell(html, "Votes", process.Member is { IsVoter: true } ? "yes" : "no");
            Words.Cell(html, "Term", status is null ? "–" : $"{status.Term}");
            Numbers(html, "Committed", status?.Committed.Value);
            Numbers(html, "Delivered", status?.Delivered.Value);
            Numbers(html, "Lag", status is null ? null : group.LagOf(process));
            html.Add($"</tr>");
        }

        html.Add($"</tbody></table>");
        return html.ToMarkup();
    }

    private static void Numbers(HtmlWriter html, string label, long? number)
    {
        if (number is { } known)
        {
            Words.Number(html, label, known);
        }
        else
        {
            Words.Cell(html, label, "–");
        }
    }

    // The forms work without the script. A removal takes two steps.
    private static Markup Changes(GroupView group, ViewKey key)
    {
        HtmlWriter html = new();
        html.Add($"<section><h2>Change the group</h2><ul class=\"changes\">");
        foreach (var process in group.Processes.Where(process => process.Member is not null))
        {
            html.Add($"<li data-key=\"{process.Name}\"><span>{process.Name}</span>");
            if (process.Name != group.Leader && process is { Member.IsVoter: true, Status: not null })
            {
                html.Add($"<form method=\"post\" action=\"{key.Root}/transfer\">");
                Hidden(html, group, process);
                html.Add($"<button aria-label=\"Make it the leader: {process.Name}\">Make it the leader</button></form>");
            }

            html.Add($"<details><summary aria-label=\"Remove… {process.Name}\">Remove…</summary>");
            html.Add($"<form method=\"post\" action=\"{key.Root}/leave\">");
            Hidden(html, group, process);
            html.Add($"<button class=\"danger\">Remove {process.Name} from {group.Name}</button></form></details></li>");
        }

        html.Add($"</ul></section>");
        return html.ToMarkup();
    }

    private static void Hidden(HtmlWriter html, GroupView group, ProcessView process)
    {
        html.Add($"<input type=\"hidden\" name=\"group\" value=\"{group.Name}\">");
        html.Add($"<input type=\"hidden\" name=\"member\" value=\"{process.Name}\">");
        html.Add($"<input type=\"hidden\" name=\"basedOn\" value=\"{group.MembersIndex}\">");
    }

    private static Markup Join(GroupView group, ViewKey key)
    {
        HtmlWriter html = new();
        html.Add($"<form class=\"join\" method=\"post\" action=\"{key.Root}/join\">");
        html.Add($"<input type=\"hidden\" name=\"group\" value=\"{group.Name}\">");
        html.Add($"<label for=\"join-member\">Add a member, such as {group.Name}@10.0.0.4:2551</label>");
        html.Add($"<div><input id=\"join-member\" name=\"member\" required autocomplete=\"off\" spellcheck=\"false\">");
        html.Add($"<button>Add</button></div></form><p id=\"outcome\" role=\"status\"></p>");
        return html.ToMarkup();
    }

    private static Markup Why(GroupView group)
    {
        HtmlWriter html = new();
        html.Add($"<section><h2>{(group.Leader is null ? "Why there is no leader" : "What the group says")}</h2>");
        if (group.Decision is { } decision)
        {
            html.Add($"<p>Last decision about the members: {decision}</p>");
        }

        if (group.Explanation is { } text)
        {
            html.Add($"<pre tabindex=\"0\" role=\"region\" aria-label=\"Explanation of a process\">{text}</pre>");
        }
        else
        {
            html.Add($"<p>No process was asked yet.</p>");
        }

        html.Add($"</section>");
        return html.ToMarkup();
    }

    private static Markup More(GroupView group, bool isCoordination, ViewKey key)
    {
        HtmlWriter html = new();
        html.Add($"<nav aria-label=\"More pages\">");
        html.Add($"<a href=\"{key.Root}/log/{Uri.EscapeDataString(group.Name)}\">Latest pairs of the log</a>");
        if (isCoordination)
        {
            html.Add($"<br><a href=\"{key.Root}/coordination\">Sessions and locks</a>");
        }

        html.Add($"</nav>");
        return html.ToMarkup();
    }

    private static Markup Events(GroupView group)
    {
        HtmlWriter html = new();
        html.Add($"<section><h2>Events on this node</h2>");
        if (group.Events.Notes.IsEmpty)
        {
            html.Add($"<p>None since this node started.</p>");
        }
        else
        {
            html.Add($"<ol class=\"events\" reversed>");
            foreach (var note in group.Events.Notes)
            {
                html.Add($"<li><time datetime=\"{note.At:o}\">{note.At:HH:mm:ss.fff}</time> <span>{note.Process} {note.Text}</span></li>");
            }

            html.Add($"</ol>");
        }

        html.Add($"</section>");
        return html.ToMarkup();
    }
}

namespace RaftActors.Dashboard.Pages;

/// <summary>One group.</summary>
internal static class GroupPage
{
    public static View Render(Sample sample, GroupView group, ViewKey key)
    {
        var at = sample.At;
        Part[] operators = key.IsOperator
            ? [new Part("changes", html => Changes(html, group, key)), new Part("join", html => Join(html, group, key), isLive: false)]
            : [];
        return new View(
            group.Name,
            [
                new Part("summary", html => Summary(html, group)),
                new Part("problems", html => Problems(html, group.Problems)),
                new Part("quorum", html => Quorum(html, group)),
                new Part("plots", Plots, isLive: false),
                new Part("members", html => Members(html, group, at)),
                .. operators,
                new Part("why", html => Why(html, group)),
                new Part("events", html => Events(html, group)),
                new Part("more", html => More(html, group, group == sample.CoordinationGroup, key), isLive: false),
            ],
            new Point(at.ToUnixTimeMilliseconds(), group.Rate, group.Lag, group.Times?.Median, group.Times?.High));
    }

    // Has no numbers that change with each pair, because screen readers read it aloud when it changes.
    private static void Summary(HtmlWriter html, GroupView group)
    {
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
    }

    private static void Problems(HtmlWriter html, ImmutableArray<string> problems)
    {
        if (!problems.IsEmpty)
        {
            html.Add($"<ul class=\"problems\">");
            foreach (var problem in problems)
            {
                html.Add($"<li>{problem}</li>");
            }

            html.Add($"</ul>");
        }
    }

    private static void Quorum(HtmlWriter html, GroupView group)
    {
        html.Add($"<section><h2>Quorum</h2>");
        QuorumDrawing.Add(html, group);
        html.Add($"<p class=\"legend\">L leader, F follower, P pre-candidate, C candidate, n learner, ? silent, ! fenced or stopped. ");
        html.Add($"A broken line: the leader does not reach the member.");
        var votes = QuorumDrawing.VotesOf(group);
        html.Add($"{(votes.Count == 0 ? "" : $" A tick: its vote elected the leader of term {group.Term}.")}</p></section>");
    }

    // The script draws the plots. Without it, the page has the numbers in the tables.
    private static void Plots(HtmlWriter html)
    {
        html.Add($"<section class=\"plots\"><h2>Last two minutes</h2><div>");
        html.Add($"<figure data-plot=\"rate\"><figcaption>Pairs committed a second <span class=\"now\">…</span></figcaption></figure>");
        html.Add($"<figure data-plot=\"lag\"><figcaption>Pairs that the slowest member lacks ");
        html.Add($"<span class=\"now\">…</span></figcaption></figure>");
        html.Add($"<figure data-plot=\"time\"><figcaption>Append to commit on this node, ms: median and p99 ");
        html.Add($"<span class=\"now\">…</span></figcaption></figure></div></section>");
    }

    private static void Members(HtmlWriter html, GroupView group, DateTimeOffset at)
    {
        var caption = FormattableString.Invariant($"Members, from index {group.MembersIndex:N0} on");
        caption += group.MaxQuorum is { } max ? $", at most {max} voters" : "";
        Words.Heads(html, caption, "Member", "Role", "For", "Votes", "Term", "Committed", "Delivered", "Lag");

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
            Words.Number(html, "Committed", status?.Committed.Value);
            Words.Number(html, "Delivered", status?.Delivered.Value);
            Words.Number(html, "Lag", status is null ? null : group.LagOf(process));
            html.Add($"</tr>");
        }

        html.Add($"</tbody></table>");
    }

    // The forms work without the script. A removal takes two steps.
    private static void Changes(HtmlWriter html, GroupView group, ViewKey key)
    {
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
    }

    private static void Hidden(HtmlWriter html, GroupView group, ProcessView process)
    {
        html.Add($"<input type=\"hidden\" name=\"group\" value=\"{group.Name}\">");
        html.Add($"<input type=\"hidden\" name=\"member\" value=\"{process.Name}\">");
        html.Add($"<input type=\"hidden\" name=\"basedOn\" value=\"{group.MembersIndex}\">");
    }

    private static void Join(HtmlWriter html, GroupView group, ViewKey key)
    {
        html.Add($"<form class=\"join\" method=\"post\" action=\"{key.Root}/join\">");
        html.Add($"<input type=\"hidden\" name=\"group\" value=\"{group.Name}\">");
        html.Add($"<label for=\"join-member\">Add a member, such as {group.Name}@10.0.0.4:2551</label>");
        html.Add($"<div><input id=\"join-member\" name=\"member\" required autocomplete=\"off\" spellcheck=\"false\">");
        html.Add($"<button>Add</button></div></form><p id=\"outcome\" role=\"status\"></p>");
    }

    private static void Why(HtmlWriter html, GroupView group)
    {
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
    }

    private static void More(HtmlWriter html, GroupView group, bool isCoordination, ViewKey key)
    {
        html.Add($"<nav aria-label=\"More pages\">");
        html.Add($"<a href=\"{key.Root}/log/{Uri.EscapeDataString(group.Name)}\">Latest pairs of the log</a>");
        if (isCoordination)
        {
            html.Add($"<br><a href=\"{key.Root}/coordination\">Sessions and locks</a>");
        }

        html.Add($"</nav>");
    }

    private static void Events(HtmlWriter html, GroupView group)
    {
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
                html.Add($"<li><time datetime=\"{note.At:o}\">{note.At:HH:mm:ss.fff}</time> <span>{note.Process}: {note.Text}</span></li>");
            }

            html.Add($"</ol>");
        }

        html.Add($"</section>");
    }
}

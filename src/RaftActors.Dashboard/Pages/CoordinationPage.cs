using System.Globalization;

using RaftActors.Coordination;

namespace RaftActors.Dashboard.Pages;

/// <summary>The sessions and locks of the coordination group.</summary>
internal static class CoordinationPage
{
    public const string Title = "Sessions and locks";

    public static View Render(Sample sample, ViewKey key)
    {
        var overview = sample.Coordination?.Answer;
        return new View(
            Title,
            [
                new Part("summary", html => Summary(html, sample.CoordinationGroup, sample.Coordination)),
                new Part("find", overview is null ? null : html => Find(html, key), isLive: false),
                new Part("locks", overview is null ? null : html => Locks(html, overview, key)),
                new Part("sessions", overview is null ? null : html => Sessions(html, overview)),
                new Part("progress", html => Progress(html, sample.CoordinationGroup, sample.Coordination)),
            ],
            IsMissing: sample.CoordinationGroup is null);
    }

    /// <summary>Tells which process answered, and how old its answer may be.</summary>
    public static void Summary(HtmlWriter html, GroupView? group, Polled<RaftOverview>? view)
    {
        if (group is null)
        {
            html.Add($"<p class=\"problem\">This node has no coordination. WithRaftCoordination starts it.</p>");
            return;
        }

        html.Add($"<p>");
        if (view?.Answer is { } overview && ProcessName.TryParse(overview.Process, out var process))
        {
            Words.Age(html, group, process);
        }
        else if (view is null)
        {
            html.Add($"The group was not asked yet.");
        }

        html.Add($"</p>");
        if (view?.Failure is { } failure)
        {
            html.Add($"<p class=\"problem\">{(view.Answer is null ? "" : "This is an earlier answer. ")}{failure}</p>");
        }
    }

    /// <summary>Tells how far the answering process was.</summary>
    public static void Progress(HtmlWriter html, GroupView? group, Polled<RaftOverview>? view)
    {
        if (group is not null && view?.Answer is { } overview)
        {
            html.Add($"<p>");
            Words.Progress(html, group, overview.Serial.Value);
            html.Add($"</p>");
        }
    }

    /// <summary>Writes claims of a lock, each with its owner and what it said about itself.</summary>
    public static void Claims(HtmlWriter html, ImmutableArray<RaftClaim> claims, int count)
    {
        html.Add($"<ul class=\"claims\">");
        foreach (var claim in claims)
        {
            html.Add($"<li>{claim.Owner} <span class=\"more\">session {claim.Session}");
            html.Add($"{(claim.Token == 0 ? "" : $", token {claim.Token}")}{(claim.Text is null ? "" : $", {claim.Text}")}</span></li>");
        }

        if (count > claims.Length)
        {
            html.Add($"<li class=\"more\">and {count - claims.Length:N0} more</li>");
        }

        html.Add($"</ul>");
    }

    private static void Find(HtmlWriter html, ViewKey key)
    {
        html.Add($"<form class=\"join\" method=\"get\" action=\"{key.Root}/coordination\">");
        html.Add($"<label for=\"find-lock\">Find a lock by its whole name</label>");
        html.Add($"<div><input id=\"find-lock\" name=\"lock\" required autocomplete=\"off\" spellcheck=\"false\">");
        html.Add($"<button>Find</button></div></form>");
    }

    private static void Locks(HtmlWriter html, RaftOverview overview, ViewKey key)
    {
        if (overview.LockCount == 0)
        {
            html.Add($"<p>No session holds a lock.</p>");
            return;
        }

        var held = Words.Count(overview.LockCount, "lock", "locks");
        var claims = overview.Locks.Sum(each => each.WaitingCount);
        var waiting = claims == 0 ? "no claim waits" : Words.Count(claims, "claim waits", "claims wait");
        Words.Heads(html, overview.LockCount > overview.Locks.Length
            ? $"{held}. These are the {overview.Locks.Length} with the most waiting claims: {waiting}"
            : $"{held}, {waiting}", "Lock", "Permits", "Held by", "Waiting");
        foreach (var each in overview.Locks)
        {
            html.Add($"<tr role=\"row\" data-key=\"{each.Name}\"><th scope=\"row\" role=\"rowheader\">");
            html.Add($"<a href=\"{key.Root}/coordination?lock={Uri.EscapeDataString(each.Name)}\">{each.Name}</a></th>");
            Words.Number(html, "Permits", each.Permits);
            Cell(html, "Held by", each.Holders, each.HolderCount);
            Cell(html, "Waiting", each.Waiting, each.WaitingCount);
            html.Add($"</tr>");
        }

        html.Add($"</tbody></table>");
    }

    private static void Cell(HtmlWriter html, string label, ImmutableArray<RaftClaim> claims, int count)
    {
        html.Add($"<td role=\"cell\" data-label=\"{label}\">");
        if (count == 0)
        {
            html.Add($"none");
        }
        else
        {
            Claims(html, claims, count);
        }

        html.Add($"</td>");
    }

    private static void Sessions(HtmlWriter html, RaftOverview overview)
    {
        Words.Heads(html, $"{Words.Count(overview.SessionCount, "session", "sessions")}{(overview.SessionCount > overview.Sessions.Length
            ? $". These are {overview.Sessions.Length} of them, late ones first"
            : "")}", "Owner", "Session", "Claims", "Timeout", "Expires in");
        foreach (var each in overview.Sessions)
        {
            html.Add($"<tr role=\"row\" data-key=\"{each.Id}\"><th scope=\"row\" role=\"rowheader\">{each.Owner}</th>");
            Words.Number(html, "Session", each.Id);
            Words.Number(html, "Claims", each.Claims);
            Words.Cell(html, "Timeout", Seconds(each.Timeout));
            html.Add($"<td role=\"cell\" class=\"number\" data-label=\"Expires in\"><span class=\"{(each.IsLate ? "problem" : "")}\">");
            html.Add($"{(each.Left <= TimeSpan.Zero ? "is due" : Seconds(each.Left))}");
            html.Add($"{(each.IsLate ? ", renewal is late" : "")}</span></td></tr>");
        }

        html.Add($"</tbody></table>");
    }

    private static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{Math.Ceiling(time.TotalSeconds):N0} s");
}

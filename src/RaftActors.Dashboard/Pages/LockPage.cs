using RaftActors.Coordination;

namespace RaftActors.Dashboard.Pages;

/// <summary>One lock of the coordination group.</summary>
internal static class LockPage
{
    public static View Render(Sample sample, string name, ViewKey key)
    {
        var view = sample.Locks.GetValueOrDefault(name);
        var found = view?.Answer?.Locks is [var only] ? only : null;
        Part outcome = new("answer", html => html.Add($"<p id=\"outcome\" role=\"status\"></p>"), isLive: false);
        return new View(
            $"Lock {name}",
            [
                new Part("summary", html => CoordinationPage.Summary(html, sample.CoordinationGroup, view)),
                new Part("lock", view?.Answer is null ? null : html => Claims(html, found)),
                .. key.IsOperator ? (Part[])[new("changes", found is null ? null : html => Changes(html, found, key)), outcome] : [],
                new Part("progress", html => CoordinationPage.Progress(html, sample.CoordinationGroup, view)),
            ],
            IsMissing: sample.CoordinationGroup is null);
    }

    // The forms work without the script, in two steps.
    private static void Changes(HtmlWriter html, RaftLockOverview found, ViewKey key)
    {
        var latest = found.Holders.Max(holder => (long?)holder.Token);
        html.Add($"<section><h2>Take it away from its holder</h2><ul class=\"changes\">");
        foreach (var holder in found.Holders.DistinctBy(each => (each.Token, each.Session)))
        {
            html.Add($"<li data-key=\"{holder.Token}-{holder.Session}\"><span>{holder.Owner}, token {holder.Token}</span>");
            html.Add($"<details><summary aria-label=\"Break… {holder.Owner}\">Break…</summary>");
            html.Add($"<form method=\"post\" action=\"{key.Root}/break\"><p>The program stops, then the lock is released. ");
            html.Add($"The next holder gets a token above {latest}.</p>");
            html.Add($"<input type=\"hidden\" name=\"lock\" value=\"{found.Name}\">");
            html.Add($"<input type=\"hidden\" name=\"token\" value=\"{holder.Token}\">");
            html.Add($"<input type=\"hidden\" name=\"session\" value=\"{holder.Session}\">");
            html.Add($"<button class=\"danger\">Take {found.Name} away from {holder.Owner}</button></form></details></li>");
        }

        html.Add($"</ul></section>");
    }

    private static void Claims(HtmlWriter html, RaftLockOverview? found)
    {
        if (found is null)
        {
            html.Add($"<p>No session holds this lock or waits for it.</p>");
            return;
        }

        html.Add($"<section><h2>Held by {found.HolderCount:N0}, with {Words.Count(found.Permits, "permit", "permits")}</h2>");
        CoordinationPage.Claims(html, found.Holders, found.HolderCount);
        html.Add($"</section><section><h2>{Words.Count(found.WaitingCount, "claim waits", "claims wait")}, in this order</h2>");
        CoordinationPage.Claims(html, found.Waiting, found.WaitingCount);
        html.Add($"</section>");
    }
}

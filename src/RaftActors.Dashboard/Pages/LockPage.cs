using RaftActors.Coordination.State;
using RaftActors.Dashboard.Html;
using RaftActors.Dashboard.Sampling;

namespace RaftActors.Dashboard.Pages;

/// <summary>One lock of the coordination group.</summary>
internal static class LockPage
{
    public static View Render(Sample sample, string name)
    {
        var view = sample.Locks.GetValueOrDefault(name);
        return new View(
            $"Lock {name}",
            [
                new Part("summary", CoordinationPage.Summary(sample.CoordinationGroup, view)),
                new Part("lock", view?.Overview is { } overview ? Claims(overview) : default),
                new Part("progress", CoordinationPage.Progress(sample.CoordinationGroup, view)),
            ]);
    }

    private static Markup Claims(Overview overview)
    {
        HtmlWriter html = new();
        if (overview.Locks is not [var found])
        {
            html.Add($"<p>No session holds this lock or waits for it.</p>");
            return html.ToMarkup();
        }

        html.Add($"<section><h2>Held by {found.HolderCount:N0}, with {Words.Count(found.Permits, "permit", "permits")}</h2>");
        CoordinationPage.Claims(html, found.Holders, found.HolderCount);
        html.Add($"</section><section><h2>{Words.Count(found.WaitingCount, "claim waits", "claims wait")}, in this order</h2>");
        CoordinationPage.Claims(html, found.Waiting, found.WaitingCount);
        html.Add($"</section>");
        return html.ToMarkup();
    }
}

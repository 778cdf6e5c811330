using Microsoft.AspNetCore.Html;

using RaftActors.Dashboard.Pages;

namespace RaftActors.Dashboard.Endpoints;

/// <summary>The frame of all pages.</summary>
internal static class Layout
{
    private const string Overview = "Groups";
    private const string Summary = "summary";

    public static string Page(View view, ViewKey key)
    {
        HtmlWriter html = new();
        Begin(html, view.Title, key.Root);
        html.Add($"<main data-live>");
        if (key.Subject.Kind != PageKind.Overview)
        {
            html.Add($"<nav aria-label=\"Path\"><a href=\"{key.Root}\">{Overview}</a>");
            Between(html, key);
            html.Add($"</nav>");
        }

        html.Add($"<h1>{view.Title}</h1>");
        foreach (var part in view.Parts)
        {
            // Only the summary is read aloud when it changes, because it has no number that changes all the time.
            html.Add($"<div id=\"{part.Id}\" class=\"part\" aria-live=\"{(part.Id == Summary ? "polite" : "off")}\">");
            html.Add($"{new HtmlString(part.Html)}</div>");
        }

        html.Add($"<p id=\"connection\" role=\"status\"></p></main></body></html>");
        return html.ToString();
    }

    /// <summary>A page with the outcome of a change, for a browser without the script.</summary>
    public static string Message(string title, string text, string root)
    {
        HtmlWriter html = new();
        Begin(html, title, root);
        html.Add($"<main><nav aria-label=\"Path\"><a href=\"{root}\">{Overview}</a></nav>");
        html.Add($"<h1>{title}</h1><p>{text}</p></main></body></html>");
        return html.ToString();
    }

    // The pages between the overview and this one.
    private static void Between(HtmlWriter html, ViewKey key)
    {
        if (key.Subject is { Kind: PageKind.Log, Name: { } group })
        {
            html.Add($" / <a href=\"{Words.Link(key.Root, group)}\">{group}</a>");
        }
        else if (key.Subject.Kind == PageKind.Lock)
        {
            html.Add($" / <a href=\"{key.Root}/coordination\">{CoordinationPage.Title}</a>");
        }
    }

    private static void Begin(HtmlWriter html, string title, string root)
    {
        html.Add($"<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title} · Raft</title>");
        html.Add($"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">");
        html.Add($"<meta name=\"color-scheme\" content=\"light dark\">");
        html.Add($"<link rel=\"icon\" href=\"data:,\">");
        html.Add($"<link rel=\"stylesheet\" href=\"{root}/assets/dashboard.css?{Asset.Css.Version}\">");
        html.Add($"<script defer src=\"{root}/assets/dashboard.js?{Asset.Script.Version}\"></script></head><body>");
    }
}

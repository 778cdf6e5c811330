using static System.Net.WebUtility;

namespace RaftActors.Site;

/// <summary>The table of contents beside each page: the tables of docs/README.md, and the API.</summary>
internal sealed class Contents
{
    private const string Index = "docs/README.md";

    private readonly List<(string Title, List<(string Text, string Place)> Entries)> _parts = [];

    public Contents(Pages pages)
    {
        var index = pages.Of(Index);
        _parts.Add(("", [("Front page", "index.html"), ("All pages", index.Place), ("API", Api.ApiPages.Index)]));
        foreach (var rows in index.Tables())
        {
            // The links of the index lead to places beside it already.
            _parts.Add((rows[0].Text, [.. rows[1..].Where(row => row.Link is not null).Select(row => (row.Text, $"docs/{row.Link}"))]));
        }
    }

    /// <param name="place">The page beside which the contents stand.</param>
    public string Html(string place) => string.Concat(_parts.Select(part =>
        (part.Title == "" ? "" : $"<h2>{HtmlEncode(part.Title)}</h2>")
        + $"<ul>{string.Concat(part.Entries.Select(entry => Entry(entry.Text, Normal(entry.Place), place)))}</ul>\n"));

    private static string Entry(string text, string to, string place) =>
        $"<li><a href=\"{Places.Link(place, to)}\"{(to == place ? " aria-current=\"page\"" : "")}>{HtmlEncode(text)}</a></li>";

    private static string Normal(string place) => Path.GetRelativePath("/", Path.GetFullPath(place, "/")).Replace('\\', '/');
}

using RaftActors.Site.Api;

using static System.Net.WebUtility;

namespace RaftActors.Site;

/// <summary>All files of the site with their contents, besides images that are no text.</summary>
internal static class SiteFiles
{
    public static IReadOnlyDictionary<string, string> Of(Pages pages)
    {
        var layout = new Layout(new Contents(pages));
        var index = new SearchIndex();
        var files = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var page in pages.All)
        {
            files[page.Place] = layout.Html(page.Place, page.Title, page.Path, page.Html());
            foreach (var (heading, anchor, text) in page.Sections())
            {
                index.Add(anchor == "" ? page.Place : $"{page.Place}#{anchor}", page.Title, heading, text);
            }
        }

        foreach (var file in pages.Files.Where(file => !Places.IsBinary(file)))
        {
            var place = Places.Of(file);
            files[place] = place == file ? Tree.Read(file) : layout.Html(place, file, file, $"<h1>{HtmlEncode(file)}</h1>\n{BodyOf(file)}");
        }

        foreach (var page in ApiPages.All())
        {
            files[page.Place] = layout.Html(page.Place, page.Title, "Made from the XML documentation of the packages", page.Body);
            index.Add(page.Place, page.Title, "API", page.Text);
        }

        foreach (var asset in new[] { "site.css", "site.js" })
        {
            files[$"assets/{asset}"] = Asset(asset);
        }

        files["search.json"] = index.Json();
        return files;
    }

    private static string BodyOf(string file) => Tree.IsFolder(file)
        ? $"<ul>{string.Concat(Tree.NamesIn(file).Select(name => $"<li><code>{HtmlEncode(name)}</code></li>"))}</ul>"
        : $"<pre><code>{HtmlEncode(Tree.Read(file))}</code></pre>";

    private static string Asset(string name)
    {
        using var stream = typeof(SiteFiles).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The program lacks its file {name}. Build it again.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}

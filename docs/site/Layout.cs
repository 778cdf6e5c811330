using static System.Net.WebUtility;

namespace RaftActors.Site;

/// <summary>The frame of each page. It has no style and no script of its own, so that a strict policy allows it.</summary>
internal sealed class Layout(Contents contents)
{
    private const string Policy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'";

    /// <param name="place">The place of the page in the site.</param>
    /// <param name="source">What the page is made from.</param>
    public string Html(string place, string title, string source, string body)
    {
        var root = Places.Link(place, "index.html")[..^"index.html".Length];
        return $"""
            <!DOCTYPE html>
            <html lang="en" data-root="{root}">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <meta http-equiv="Content-Security-Policy" content="{Policy}">
            <title>{HtmlEncode(title)} - RaftActors</title>
            <link rel="stylesheet" href="{root}assets/site.css">
            <script src="{root}assets/site.js" defer></script>
            </head>
            <body>
            <a class="skip" href="#content">Skip to the content</a>
            <header>
            <a class="home" href="{root}index.html">RaftActors</a>
            <a class="menu" href="#contents">Contents</a>
            <form role="search" id="search">
            <label for="query">Search</label>
            <input id="query" type="search" autocomplete="off" placeholder="Search (press /)">
            </form>
            </header>
            <section id="found" aria-live="polite" aria-label="Search results" hidden></section>
            <main id="content" tabindex="-1">
            {body}
            <footer>{HtmlEncode(source)}</footer>
            </main>
            <nav id="contents" aria-label="Contents">
            {contents.Html(place)}
            </nav>
            </body>
            </html>

            """;
    }
}

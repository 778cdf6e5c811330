using Markdig.Syntax.Inlines;

namespace RaftActors.Site;

/// <summary>The pages of docs, the front page, and all pages and files that these lead to. Links lead to places of the site.</summary>
internal sealed class Pages
{
    private readonly Dictionary<string, Page> _all = [];
    private readonly SortedSet<string> _files = new(StringComparer.Ordinal);
    private readonly List<string> _problems = [];

    private Pages()
    {
    }

    public IReadOnlyCollection<Page> All => _all.Values;

    /// <summary>Files and folders that are no pages: sources, test data, drawings.</summary>
    public IReadOnlyCollection<string> Files => _files;

    /// <summary>Broken links, each with its page.</summary>
    public IReadOnlyList<string> Problems => _problems;

    public static Pages Find()
    {
        var pages = new Pages();
        pages.Crawl();
        foreach (var page in pages.All)
        {
            foreach (var link in page.Links.Where(IsLocal))
            {
                pages.Redirect(page, link);
            }
        }

        return pages;
    }

    public Page Of(string path) => _all[path];

    private static bool IsLocal(LinkInline link) => link.Url is { } url && !url.Contains("://", StringComparison.Ordinal);

    private void Crawl()
    {
        var left = new Queue<string>(Tree.Docs().Prepend("README.md"));
        while (left.TryDequeue(out var path))
        {
            if (_all.ContainsKey(path))
            {
                continue;
            }

            var page = _all[path] = new Page(path);
            foreach (var target in page.Links.Where(IsLocal).Select(link => TargetOf(page, link)).OfType<string>())
            {
                if (target.EndsWith(".md", StringComparison.Ordinal))
                {
                    left.Enqueue(target);
                }
                else
                {
                    _files.Add(target);
                }
            }
        }
    }

    // A folder with a README is that page. Null: there is no such file.
    private static string? TargetOf(Page page, LinkInline link)
    {
        var file = link.Url!.Split('#')[0]; // Justification: the link is local.
        var path = file == "" ? page.Path : Tree.Resolve(page.Path, file);
        return path is null ? null
            : Tree.IsFile($"{path}/README.md") ? $"{path}/README.md"
            : Tree.IsFile(path) || Tree.IsFolder(path) ? path
            : null;
    }

    private void Redirect(Page page, LinkInline link)
    {
        var url = link.Url!; // Justification: the link is local.
        var anchor = url.Contains('#', StringComparison.Ordinal) ? url[url.IndexOf('#', StringComparison.Ordinal)..] : "";
        if (TargetOf(page, link) is not { } target)
        {
            _problems.Add($"{page.Path}: {url} leads to no file. Correct the link.");
        }
        else if (anchor != "" && (!_all.TryGetValue(target, out var to) || !to.Anchors.Contains(anchor[1..])))
        {
            _problems.Add($"{page.Path}: {url} leads to no heading of {target}. Correct the anchor.");
        }
        else
        {
            link.Url = target == page.Path && anchor != "" ? anchor : Places.Link(page.Place, Places.Of(target)) + anchor;
        }
    }
}

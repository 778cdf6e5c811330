using Markdig;
using Markdig.Extensions.Tables;
using Markdig.Renderers.Html;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace RaftActors.Site;

/// <summary>One Markdown page of the tree. Its headings have the anchors that GitHub gives them.</summary>
internal sealed class Page
{
    private static readonly MarkdownPipeline Markdown = new MarkdownPipelineBuilder().UsePipeTables().UseAutoLinks().Build();

    private readonly MarkdownDocument _document;

    public Page(string path)
    {
        Path = path;
        _document = Markdig.Markdown.Parse(Tree.Read(path), Markdown);
        var repeats = new Dictionary<string, int>();
        foreach (var heading in _document.Descendants<HeadingBlock>())
        {
            var anchor = AnchorOf(TextOf(heading.Inline));
            var repeat = repeats[anchor] = repeats.GetValueOrDefault(anchor, -1) + 1;
            heading.GetAttributes().Id = repeat == 0 ? anchor : $"{anchor}-{repeat}";
        }

        MermaidText.Replace(_document);
    }

    public string Path { get; }

    public string Place => Places.Of(Path);

    public string Title => TextOf(_document.Descendants<HeadingBlock>().FirstOrDefault()?.Inline) is { Length: > 0 } title ? title : Path;

    public IEnumerable<LinkInline> Links => _document.Descendants<LinkInline>();

    public IEnumerable<string> Anchors => _document.Descendants<HeadingBlock>().Select(heading => heading.GetAttributes().Id ?? "");

    /// <summary>Only after the links lead to places of the site.</summary>
    public string Html() => _document.ToHtml(Markdown)
        .Replace("<table>", "<div class=\"table\"><table>", StringComparison.Ordinal)
        .Replace("</table>", "</table></div>", StringComparison.Ordinal);

    /// <returns>Each heading with its anchor and the text below it, up to the next one.</returns>
    public IEnumerable<(string Heading, string Anchor, string Text)> Sections()
    {
        var (heading, anchor, text) = (Title, "", new List<string>());
        foreach (var block in _document)
        {
            if (block is HeadingBlock next)
            {
                if (text.Count > 0)
                {
                    yield return (heading, anchor, string.Join(' ', text));
                }

                (heading, anchor, text) = (TextOf(next.Inline), next.GetAttributes().Id ?? "", []);
            }
            else
            {
                text.AddRange(TextsIn(block));
            }
        }

        yield return (heading, anchor, string.Join(' ', text));
    }

    /// <returns>The rows of the tables, each as the cells' texts and the first link.</returns>
    public IEnumerable<(string Text, string? Link)[]> Tables() => _document.Descendants<Table>()
        .Select(table => table.Descendants<TableRow>()
            .Select(row => row.OfType<TableCell>().First())
            .Select(cell => (
                string.Join(' ', TextsIn(cell)),
                cell.Descendants<LinkInline>().FirstOrDefault()?.Url))
            .ToArray());

    private static IEnumerable<string> TextsIn(MarkdownObject block) => block switch
    {
        LeafBlock { Inline: { } inline } => [TextOf(inline)],
        CodeBlock code => [code.Lines.ToString()],
        ContainerBlock container => container.SelectMany(TextsIn),
        _ => [],
    };

    private static string TextOf(ContainerInline? inline) => string.Concat((inline?.Descendants() ?? []).Select(part => part switch
    {
        LiteralInline literal => literal.Content.ToString(),
        CodeInline code => code.Content,
        LineBreakInline => " ",
        _ => "",
    }));

    // Lower case, hyphens for spaces, no other punctuation.
    private static string AnchorOf(string heading) =>
        string.Concat(heading.ToLowerInvariant().Where(letter => char.IsLetterOrDigit(letter) || letter is ' ' or '-' or '_'))
            .Replace(' ', '-');
}

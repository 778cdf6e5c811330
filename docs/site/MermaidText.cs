using System.Net;
using System.Text;
using System.Text.RegularExpressions;

using Markdig.Syntax;

namespace RaftActors.Site;

/// <summary>Turns drawings of Mermaid into nested lists, because the site has no script that draws them.</summary>
internal static partial class MermaidText
{
    public static void Replace(MarkdownDocument document)
    {
        foreach (var block in document.Descendants<FencedCodeBlock>().Where(block => block.Info == "mermaid").ToList())
        {
            var parent = block.Parent!; // Justification: the document or a list has it.
            parent[parent.IndexOf(block)] = new HtmlBlock(null)
            {
                Lines = new(ListOf(block.Lines.ToString())),
                Type = HtmlBlockType.InterruptingBlock,
            };
        }
    }

    private static string ListOf(string drawing)
    {
        var labels = Nodes().Matches(drawing).ToDictionary(node => node.Groups[1].Value, node => node.Groups[2].Value);
        var list = new StringBuilder("<ul class=\"drawing\">");
        foreach (var line in drawing.Split('\n').Select(line => line.Trim()).Skip(1))
        {
            list.Append(line switch
            {
                _ when Group().Match(line) is { Success: true } group => $"<li>{WebUtility.HtmlEncode(group.Groups[1].Value)}<ul>",
                "end" => "</ul></li>",
                _ when NamesIn(line, labels) is { Length: > 0 } names => $"<li>{WebUtility.HtmlEncode(names)}</li>",
                _ => "",
            });
        }

        return list.Append("</ul>").ToString();
    }

    // A name that is declared on the line, or one that stands for a node of another line.
    private static string NamesIn(string line, Dictionary<string, string> labels) =>
        (line.StartsWith("-->", StringComparison.Ordinal) ? "→ " : "")
        + string.Join(
            " → ",
            Names().Matches(line).Select(name => labels.GetValueOrDefault(name.Groups[1].Value, "")).Where(label => label != ""));

    [GeneratedRegex(@"\b(\w+)\[""(.*?)""\]")]
    private static partial Regex Nodes();

    [GeneratedRegex(@"^subgraph \w+ \[(.*)\]$")]
    private static partial Regex Group();

    [GeneratedRegex(@"(?:^|--> )(\w+)")]
    private static partial Regex Names();
}

using System.Net;
using System.Text.RegularExpressions;

using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace House.Tests.Prose;

/// <summary>Reads the prose of a file: comments of code, text of pages, comments of configuration and scripts.</summary>
internal static partial class ProseReader
{
    private const char Break = '\0';

    private static readonly CSharpParseOptions PlainComments = new(documentationMode: DocumentationMode.None);

    /// <returns>The passages in order; none for a kind of file that holds no prose.</returns>
    public static IEnumerable<Passage> Read(string file, string text) => Path.GetExtension(file) switch
    {
        ".cs" => OfCode(text),
        ".md" => OfPage(text),
        ".props" or ".targets" or ".csproj" => OfXml(text),
        ".conf" or ".sh" or ".py" or ".yml" or ".editorconfig" or ".gitignore" or ".txt" or "" => OfHashes(text),
        _ => [],
    };

    private static IEnumerable<Passage> OfCode(string text)
    {
        var tree = CSharpSyntaxTree.ParseText(text, PlainComments);
        var comments = tree.GetRoot().DescendantTrivia()
            .Where(trivia => trivia.IsKind(SyntaxKind.SingleLineCommentTrivia) || trivia.IsKind(SyntaxKind.MultiLineCommentTrivia))
            .Select(trivia => (tree.GetLineSpan(trivia.Span).StartLinePosition.Line + 1, trivia.ToString()));

        return Blocks(comments).SelectMany(block => Passage.Split(block.Line, WithoutTags(block.Text), "\0|\n[ ]*\n"));
    }

    // A docstring: its own tags end a passage, a reference becomes code, an example is left out.
    private static string WithoutTags(string comment)
    {
        if (!comment.StartsWith("///", StringComparison.Ordinal))
        {
            return CommentMarks().Replace(comment, "");
        }

        var text = CommentMarks().Replace(comment, "");
        text = Examples().Replace(text, match => Break + new string('\n', Passage.Breaks(match.Value)) + Break);
        text = References().Replace(text, "`$1`");
        text = InlineCode().Replace(text, "`");
        return WebUtility.HtmlDecode(Tags().Replace(text, $"{Break}"));
    }

    private static IEnumerable<Passage> OfPage(string text)
    {
        var isCode = false;
        var lines = text.Split('\n').Select(line =>
        {
            var isFence = line.TrimStart().StartsWith("```", StringComparison.Ordinal);
            isCode ^= isFence;
            return isFence || isCode ? $"{Break}" : PageMarks().Replace(line, $"{Break}");
        });

        return Passage.Split(1, string.Join('\n', lines), "\0|\n[ ]*\n");
    }

    private static IEnumerable<Passage> OfXml(string text) =>
        XmlComments().Matches(text).SelectMany(match =>
            Passage.Split(1 + Passage.Breaks(text[..match.Groups[1].Index]), match.Groups[1].Value, "\n[ ]*\n"));

    private static IEnumerable<Passage> OfHashes(string text)
    {
        var comments = text.Split('\n')
            .Select((line, i) => (i + 1, line.TrimStart()))
            .Where(line => line.Item2.StartsWith('#') && !line.Item2.StartsWith("#!", StringComparison.Ordinal));

        return Blocks(comments).SelectMany(block => Passage.Split(block.Line, HashMarks().Replace(block.Text, ""), "\n[ ]*\n"));
    }

    // Comments on consecutive lines are one text.
    private static IEnumerable<(int Line, string Text)> Blocks(IEnumerable<(int Line, string Text)> comments)
    {
        (int Line, string Text)? block = null;
        foreach (var comment in comments)
        {
            if (block is { } open && open.Line + Passage.Breaks(open.Text) + 1 == comment.Line)
            {
                block = (open.Line, $"{open.Text}\n{comment.Text}");
                continue;
            }

            if (block is { } whole)
            {
                yield return whole;
            }

            block = comment;
        }

        if (block is { } last)
        {
            yield return last;
        }
    }

    [GeneratedRegex(@"^[ ]*(?:///?|/\*|\*/)[ ]?", RegexOptions.Multiline)]
    private static partial Regex CommentMarks();

    [GeneratedRegex("<code>.*?</code>", RegexOptions.Singleline)]
    private static partial Regex Examples();

    [GeneratedRegex("""<\w+\s+(?:cref|name|langword|href)="(?:\w:)?([^"]*)"\s*/>""")]
    private static partial Regex References();

    [GeneratedRegex("</?c>")]
    private static partial Regex InlineCode();

    [GeneratedRegex("<[^<>]*>")]
    private static partial Regex Tags();

    // A heading, an item, a table's columns.
    [GeneratedRegex(@"^#+ |^\s*(?:[-*]|\d+\.) |(?<!\\)\|")]
    private static partial Regex PageMarks();

    [GeneratedRegex("<!--(.*?)-->", RegexOptions.Singleline)]
    private static partial Regex XmlComments();

    [GeneratedRegex("^#+ ?", RegexOptions.Multiline)]
    private static partial Regex HashMarks();
}

using System.Text.RegularExpressions;

namespace House.Tests.Prose;

/// <summary>A sentence of a passage, and the line in the file at which it begins.</summary>
internal sealed partial record Sentence(int Line, string Text)
{
    private static readonly HashSet<string> Pronouns = new(StringComparer.OrdinalIgnoreCase)
    {
        "who", "whoever", "whom", "whomever", "whose", "what", "whatever", "which", "whichever",
        "nobody", "somebody", "someone", "anybody", "anyone", "everybody", "everyone", "nothing", "something",
    };

    /// <summary>True if the sentence is a statement and its first word is a pronoun in place of a name.</summary>
    public bool OpensWithAPronoun => !Text.EndsWith('?') && Pronouns.Contains(FirstWord().Match(Text).Groups[1].Value);

    /// <summary>
    /// Cuts a passage after each full stop, question or exclamation mark, and after a colon or semicolon before a capital letter.
    /// </summary>
    public static IEnumerable<Sentence> Cut(Passage passage)
    {
        var start = 0;
        foreach (var end in Ends().Matches(passage.Text).Append(null))
        {
            var text = passage.Text[start..(end?.Index ?? passage.Text.Length)];
            if (text.Any(char.IsLetter))
            {
                yield return new Sentence(passage.Line + Passage.Breaks(passage.Text[..start]), text.Replace('\n', ' '));
            }

            start = end is null ? start : end.Index + end.Length;
        }
    }

    [GeneratedRegex(@"(?<=[.!?][)""'*_]*)(?<!\b(?:e\.g|i\.e|cf|vs)\.)\s+|(?<=[:;])\s+(?=[*_""'(]*\p{Lu})")]
    private static partial Regex Ends();

    // Markup and quotation marks may stand before the word. A word in backticks is code, and no pronoun.
    [GeneratedRegex(@"^[*_""'(\s]*(\p{L}+)")]
    private static partial Regex FirstWord();
}

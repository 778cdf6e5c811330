using System.Text.RegularExpressions;

namespace House.Tests.Prose;

/// <summary>A paragraph, list item, table cell or heading of prose, without its markup.</summary>
/// <param name="Line">Line in the file, from 1, at which the text begins.</param>
/// <param name="Text">The text; a line break stands where the file has one.</param>
internal sealed record Passage(int Line, string Text)
{
    /// <summary>Splits a block of lines wherever the separator matches, and leaves out empty passages.</summary>
    public static IEnumerable<Passage> Split(int line, string block, string separator)
    {
        foreach (var part in Regex.Split(block, $"({separator})"))
        {
            if (part.Any(char.IsLetter) && !Regex.IsMatch(part, $"^(?:{separator})$"))
            {
                yield return new Passage(line + Breaks(part[..(part.Length - part.TrimStart().Length)]), part.Trim());
            }

            line += Breaks(part);
        }
    }

    public static int Breaks(string text) => text.Count(character => character == '\n');
}

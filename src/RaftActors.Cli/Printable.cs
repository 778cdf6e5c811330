using System.Globalization;
using System.Text;

namespace RaftActors.Cli;

/// <summary>Names and keys are anybody's text, and a terminal obeys what it is sent.</summary>
internal static class Printable
{
    /// <summary>The same text, with what is no character of a line written out.</summary>
    public static string Of(string text)
    {
        if (!text.Any(IsControl))
        {
            return text;
        }

        var printable = new StringBuilder();
        foreach (var letter in text)
        {
            printable.Append(IsControl(letter) ? string.Create(CultureInfo.InvariantCulture, $"\\u{(int)letter:x4}") : $"{letter}");
        }

        return printable.ToString();
    }

    private static bool IsControl(char letter) =>
        char.GetUnicodeCategory(letter) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator;
}

using System.Globalization;
using System.Text;

namespace RaftActors.Cli.Terminal;

/// <summary>Escapes control characters in names and keys of clients, because a terminal would execute their escape sequences.</summary>
internal static class Printable
{
    /// <summary>Writes control and format characters and line separators as <c>\uXXXX</c>.</summary>
    public static string Of(string text)
    {
        if (!text.Any(IsControl))
        {
            return text;
        }

        var printable = new StringBuilder();
        foreach (var letter in text)
        {
            printable.Append(IsControl(letter) ? $"\\u{(int)letter:x4}" : $"{letter}");
        }

        return printable.ToString();
    }

    private static bool IsControl(char letter) =>
        char.GetUnicodeCategory(letter) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator;
}

using System.Globalization;
using System.Text.RegularExpressions;

namespace Akka.Event;

/// <summary>
/// Formats templates with names, such as <c>{OrderId}</c> or <c>{Price,10:N2}</c>: the first placeholder takes the first argument. Formats
/// with numbers go to <see cref="DefaultLogMessageFormatter"/>.
/// </summary>
internal sealed partial class SemanticLogMessageFormatter : ILogMessageFormatter
{
    public static readonly SemanticLogMessageFormatter Instance = new();

    private SemanticLogMessageFormatter()
    {
    }

    public string Format(string format, params object[] args)
    {
        if (args.Length > 0 && HasNumbers(format))
        {
            return DefaultLogMessageFormatter.Instance.Format(format, args);
        }

        var next = 0;
        return Pieces().Replace(format, piece => piece.Value switch
        {
            "{{" => "{",
            "}}" => "}",
            var placeholder => next < args.Length ? Text(args[next++], piece.Groups["layout"].Value) : placeholder,
        });
    }

    public string Format(string format, IEnumerable<object> args) => Format(format, args.ToArray());

    private static bool HasNumbers(string format) =>
        Pieces().Matches(format).FirstOrDefault(piece => piece.Groups["name"].Success) is { } first
        && int.TryParse(first.Groups["name"].Value, NumberStyles.Integer, CultureInfo.InvariantCulture, out _);

    /// <param name="value">An argument, which may be null.</param>
    /// <param name="layout">The width and the format of the placeholder, as <c>string.Format</c> expects them; empty: none.</param>
    private static string Text(object? value, string layout)
    {
        try
        {
            return string.Format(CultureInfo.InvariantCulture, $"{{0{layout}}}", value ?? "null");
        }
        catch (FormatException)
        {
            return $"{value}";
        }
    }

    [GeneratedRegex(@"\{\{|\}\}|\{(?<name>[^{},:]+)(?<layout>[^{}]*)\}")]
    private static partial Regex Pieces();
}

using System.Globalization;

namespace RaftActors.Cli.Tests;

/// <summary>The times of pairs in an output, which are those of the test.</summary>
internal static partial class Times
{
    /// <summary>Writes TIME in place of each time of the last minutes.</summary>
    public static string Without(string output) => Time().Replace(output, match =>
        Math.Abs((DateTimeOffset.Parse(match.Value, CultureInfo.InvariantCulture) - DateTimeOffset.UtcNow).TotalMinutes) < 10
            ? "TIME"
            : match.Value);

    public static IEnumerable<string> Without(IEnumerable<string> lines) => lines.Select(Without);

    [GeneratedRegex(@"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{12}Z")]
    private static partial Regex Time();
}

using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace RaftTrials.Servers;

/// <summary>The lines of a server that a trial waits for.</summary>
internal static partial class ServerLines
{
    /// <summary>The messages of a line that a message 'print' had it write; null if it is another line.</summary>
    public static ImmutableArray<string>? Logs(OutputLine line) =>
        !line.IsError && LogsLine().Match(line.Text) is { Success: true } match
            ? [.. match.Groups[1].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries)]
            : null;

    /// <summary>The number of a line that a message 'count' had it write; null if it is another line.</summary>
    public static int? Count(OutputLine line) =>
        !line.IsError && CountLine().Match(line.Text) is { Success: true } match ? int.Parse(match.Groups[1].Value) : null;

    /// <summary>In which term the server says that it was elected; null if it is another line.</summary>
    public static long? Elected(OutputLine line) =>
        line.IsError && ElectedLine().Match(line.Text) is { Success: true } match ? long.Parse(match.Groups[1].Value) : null;

    /// <summary>In which term somebody leads, as the server says of itself or another one; null if it is another line.</summary>
    public static long? Leads(OutputLine line) =>
        line.IsError && LeadsLine().Match(line.Text) is { Success: true } match ? long.Parse(match.Groups[1].Value) : null;

    [GeneratedRegex(@"^\d{4}/\d\d/\d\d \d\d:\d\d:\d\d elected leader in term (\d+) ")]
    private static partial Regex ElectedLine();

    [GeneratedRegex(@"^\d{4}/\d\d/\d\d \d\d:\d\d:\d\d (?:elected leader|\S+ leads) in term (\d+)")]
    private static partial Regex LeadsLine();

    [GeneratedRegex(@"^\d{4}/\d\d/\d\d \d\d:\d\d:\d\d Logs \[(.*)\]$")]
    private static partial Regex LogsLine();

    [GeneratedRegex(@"^\d{4}/\d\d/\d\d \d\d:\d\d:\d\d Count (\d+)$")]
    private static partial Regex CountLine();
}

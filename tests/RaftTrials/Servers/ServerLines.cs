using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace RaftTrials.Servers;

/// <summary>Parses the lines of a server that trials wait for.</summary>
internal static partial class ServerLines
{
    /// <summary>Begins the line of a server that is attacked with the megabytes of its heap.</summary>
    public const string HeapPrefix = "heap ";

    /// <summary>The messages in a line of <c>print</c>; null: another line.</summary>
    public static ImmutableArray<string>? Logs(OutputLine line) =>
        !line.IsError && LogsLine().Match(line.Text) is { Success: true } match
            ? [.. match.Groups[1].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries)]
            : null;

    /// <summary>The number in a line of <c>count</c>; null: another line.</summary>
    public static int? Count(OutputLine line) =>
        !line.IsError && CountLine().Match(line.Text) is { Success: true } match ? int.Parse(match.Groups[1].Value) : null;

    /// <summary>The term in which the server was elected; null: another line.</summary>
    public static long? Elected(OutputLine line) =>
        line.IsError && ElectedLine().Match(line.Text) is { Success: true } match ? long.Parse(match.Groups[1].Value) : null;

    /// <summary>The term of a leader that the server reports, possibly itself; null: another line.</summary>
    public static long? Leads(OutputLine line) =>
        line.IsError && LeadsLine().Match(line.Text) is { Success: true } match ? long.Parse(match.Groups[1].Value) : null;

    /// <summary>The server whose vote this leader gives to another one; null: another line.</summary>
    public static string? Replaced(OutputLine line) =>
        line.IsError && ReplacedLine().Match(line.Text) is { Success: true } match ? match.Groups[1].Value : null;

    /// <summary>The megabytes of the heap of a server that is attacked; null: another line.</summary>
    public static long? Heap(OutputLine line) =>
        !line.IsError && line.Text.StartsWith(HeapPrefix, StringComparison.Ordinal) ? long.Parse(line.Text[HeapPrefix.Length..]) : null;

    [GeneratedRegex(@"^\d{4}/\d\d/\d\d \d\d:\d\d:\d\d changes the voters: \S+ takes the place of ([^\s#]+)#")]
    private static partial Regex ReplacedLine();

    [GeneratedRegex(@"^\d{4}/\d\d/\d\d \d\d:\d\d:\d\d elected leader in term (\d+) ")]
    private static partial Regex ElectedLine();

    [GeneratedRegex(@"^\d{4}/\d\d/\d\d \d\d:\d\d:\d\d (?:elected leader|\S+ leads) in term (\d+)")]
    private static partial Regex LeadsLine();

    [GeneratedRegex(@"^\d{4}/\d\d/\d\d \d\d:\d\d:\d\d Logs \[(.*)\]$")]
    private static partial Regex LogsLine();

    [GeneratedRegex(@"^\d{4}/\d\d/\d\d \d\d:\d\d:\d\d Count (\d+)$")]
    private static partial Regex CountLine();
}

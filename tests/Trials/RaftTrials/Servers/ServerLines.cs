using System.Text.RegularExpressions;

namespace RaftTrials.Servers;

/// <summary>Parses the lines of a server that trials wait for. Each answers null for another line.</summary>
public static partial class ServerLines
{
    /// <summary>Begins the line of a server that is attacked with the megabytes of its heap.</summary>
    public const string HeapPrefix = "heap ";

    private const string Time = @"^\d{4}/\d\d/\d\d \d\d:\d\d:\d\d ";

    /// <summary>The messages in a line of <c>print</c>.</summary>
    public static ImmutableArray<string>? Logs(OutputLine line) =>
        Find(line, isError: false, LogsLine()) is { } texts ? [.. texts.Split(' ', StringSplitOptions.RemoveEmptyEntries)] : null;

    /// <summary>The number in a line of <c>count</c>.</summary>
    public static long? Count(OutputLine line) => NumberOf(Find(line, isError: false, CountLine()));

    /// <summary>The term in which the server was elected.</summary>
    public static long? Elected(OutputLine line) => NumberOf(Find(line, isError: true, ElectedLine()));

    /// <summary>The term of a leader that the server reports, possibly itself.</summary>
    public static long? Leads(OutputLine line) => NumberOf(Find(line, isError: true, LeadsLine()));

    /// <summary>The server whose vote this leader gives to another one.</summary>
    public static string? Replaced(OutputLine line) => Find(line, isError: true, ReplacedLine());

    /// <summary>The megabytes of the heap of a server that is attacked.</summary>
    public static long? Heap(OutputLine line) => NumberOf(Find(line, isError: false, HeapLine()));

    private static string? Find(OutputLine line, bool isError, Regex regex) =>
        line.IsError == isError && regex.Match(line.Text) is { Success: true } match ? match.Groups[1].Value : null;

    private static long? NumberOf(string? text) => text is null ? null : long.Parse(text);

    [GeneratedRegex(Time + @"changes the voters: \S+ takes the place of ([^\s#]+)#")]
    private static partial Regex ReplacedLine();

    [GeneratedRegex(Time + @"elected leader in term (\d+) ")]
    private static partial Regex ElectedLine();

    [GeneratedRegex(Time + @"(?:elected leader|\S+ leads) in term (\d+)")]
    private static partial Regex LeadsLine();

    [GeneratedRegex(Time + @"Logs \[(.*)\]$")]
    private static partial Regex LogsLine();

    [GeneratedRegex(Time + @"Count (\d+)$")]
    private static partial Regex CountLine();

    [GeneratedRegex($@"^{HeapPrefix}(\d+)$")]
    private static partial Regex HeapLine();
}

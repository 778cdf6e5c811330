using System.Globalization;

namespace RaftActors.Dashboard.Sampling;

/// <summary>Shows the latest committed pairs of a process of this node. Thread-safe.</summary>
/// <param name="show">Makes a text of a value. Null if the application shows none of this group.</param>
internal sealed class LogTail(Func<CommittedPair, string?>? show)
{
    public const int RowsMax = 50;

    private const int TextMax = 200;

    private readonly Lock _lock = new();
    private ImmutableArray<LogRow> _rows = [];

    /// <summary>Makes the rows. The application is not asked again for a pair that has a row.</summary>
    /// <param name="pairs">The oldest first.</param>
    /// <param name="process">The process that has them.</param>
    public LogView Take(IReadOnlyList<CommittedPair> pairs, ProcessName? process)
    {
        lock (_lock)
        {
            var last = _rows.IsEmpty ? 0 : _rows[0].Serial;
            _rows =
            [
                .. pairs.Reverse().Select(each =>
                    last - each.Serial.Value is var place && place >= 0 && place < _rows.Length && IsOf(_rows[(int)place], each)
                        ? _rows[(int)place]
                        : RowOf(each)),
            ];
            return new LogView(process, _rows, show is not null);
        }
    }

    // Compares more than the serial, because after a failed start a process of the same name may replace an earlier one, with another log.
    private static bool IsOf(LogRow row, CommittedPair pair) =>
        (row.Index, row.Term, row.At) == (pair.Index, pair.Term, pair.Time);

    private static string Short(string text) =>
        text.Length <= TextMax ? text : $"{text.AsSpan(0, char.IsHighSurrogate(text[TextMax - 1]) ? TextMax - 1 : TextMax)}…";

    private LogRow RowOf(CommittedPair pair) => new(
        pair.Index,
        pair.Term,
        pair.Serial.Value,
        pair.Time,
        pair.Time.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
        Short(pair.Key),
        pair.Size,
        Short(pair.ValueType),
        ShownOf(pair));

    private string? ShownOf(CommittedPair pair)
    {
        try
        {
            return show?.Invoke(pair) is { } text ? Short(text) : null;
        }
        catch (Exception cause)
        {
            // Code of the application may throw anything. Its message may contain a part of the value, which must not be shown.
            return $"not shown: {cause.GetType().Name}";
        }
    }
}

/// <summary>The latest committed pairs of a group.</summary>
/// <param name="Process">The process that has them.</param>
/// <param name="Rows">The latest one first.</param>
/// <param name="HasValues">The application shows values of this group.</param>
internal sealed record LogView(ProcessName? Process, ImmutableArray<LogRow> Rows, bool HasValues);

/// <summary>A committed pair.</summary>
/// <param name="Size">The size of the value in the log, in bytes.</param>
/// <param name="Type">The type of the value, as far as the bytes tell it.</param>
/// <param name="Text">The value as the application shows it, or null.</param>
internal sealed record LogRow(
    long Index, long Term, long Serial, DateTimeOffset At, string Time, string Key, int Size, string Type, string? Text);

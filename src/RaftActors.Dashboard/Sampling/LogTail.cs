using System.Collections.Immutable;
using System.Globalization;

namespace RaftActors.Dashboard.Sampling;

/// <summary>Shows the latest committed pairs of a process of this node. Thread-safe.</summary>
/// <param name="show">Makes a text of a value. Null: the application shows none of this group.</param>
internal sealed class LogTail(Func<CommittedPair, string?>? show)
{
    /// <summary>The most pairs of one page.</summary>
    public const int RowsMax = 50;

    private const int TextMax = 200;

    private readonly Lock _lock = new();
    private ImmutableArray<LogRow> _rows = [];

    /// <summary>Makes the rows. A pair that has one already is not shown to the application again.</summary>
    /// <param name="pairs">The oldest first.</param>
    public LogView Take(IReadOnlyList<CommittedPair> pairs)
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
            return new LogView(pairs.Select(each => (ProcessName?)each.Process).FirstOrDefault(), _rows, show is not null);
        }
    }

    /// <summary>A text that is cut where it is too long.</summary>
    public static string Short(string text) =>
        text.Length <= TextMax ? text : $"{text.AsSpan(0, char.IsHighSurrogate(text[TextMax - 1]) ? TextMax - 1 : TextMax)}…";

    // After a failed start a process of the same name may take the place of an earlier one, with another log.
    private static bool IsOf(LogRow row, CommittedPair pair) =>
        (row.Index, row.Term, row.At) == (pair.Index.Value, pair.Term, pair.Time);

    private LogRow RowOf(CommittedPair pair) => new(
        pair.Index.Value,
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
            // Code of the application may throw anything. Its message may have a part of the value, which is not to be shown.
            return $"not shown: {cause.GetType().Name}";
        }
    }
}

/// <summary>The latest committed pairs of a group.</summary>
/// <param name="Process">The process that has them. Null: there are none in memory.</param>
/// <param name="Rows">The latest one first.</param>
/// <param name="HasValues">The application shows values of this group.</param>
internal sealed record LogView(ProcessName? Process, ImmutableArray<LogRow> Rows, bool HasValues);

/// <summary>A committed pair.</summary>
/// <param name="Size">Of the value in the log, in bytes.</param>
/// <param name="Type">Of the value, as far as the bytes tell it.</param>
/// <param name="Text">The value as the application shows it. Null: it does not.</param>
internal sealed record LogRow(
    long Index, long Term, long Serial, DateTimeOffset At, string Time, string Key, int Size, string Type, string? Text);

using System.Collections.Immutable;

using RaftActors.Engine;
using RaftActors.Values;

namespace RaftActors.Dashboard.Sampling;

/// <summary>
/// Copies the latest committed pairs of a process of this node. It takes those in memory alone, so a page neither waits for the disk nor
/// loads it. Thread-safe.
/// </summary>
/// <param name="show">Makes a text of a value. Null: the application shows none of this group.</param>
internal sealed class LogTail(RaftProcess process, Func<StoredPair, string?>? show)
{
    /// <summary>The most pairs of one page.</summary>
    public const int RowsMax = 50;

    private const int TextMax = 200;

    private readonly Lock _lock = new();
    private ImmutableArray<LogRow> _rows = [];

    public RaftProcess Process => process;

    /// <summary>Copies the pairs. One that was copied before is not shown to the application again.</summary>
    public LogView Take()
    {
        lock (_lock)
        {
            var last = _rows.IsEmpty ? 0 : _rows[0].Serial;
            _rows =
            [
                .. process.Pairs.CopyLatest(RowsMax).Reverse().Select(each =>
                    last - each.Pair.Serial.Value is var place && place >= 0 && place < _rows.Length
                        ? _rows[(int)place]
                        : RowOf(each.Index.Value, each.Term, each.Pair)),
            ];
            return new LogView(process.Name, _rows, show is not null);
        }
    }

    /// <summary>A text that is cut where it is too long.</summary>
    public static string Short(string text) =>
        text.Length <= TextMax ? text : $"{text.AsSpan(0, char.IsHighSurrogate(text[TextMax - 1]) ? TextMax - 1 : TextMax)}…";

    private LogRow RowOf(long index, long term, StoredPair pair) => new(
        index,
        term,
        pair.Serial.Value,
        $"{pair.Time}",
        Short(pair.Key),
        pair.Value.Length,
        Short(ValueCodec<object?>.TypeOf(pair.Value.Span)),
        TextOf(pair));

    private string? TextOf(StoredPair pair)
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
/// <param name="Process">The process that has them.</param>
/// <param name="Rows">The latest one first.</param>
/// <param name="HasValues">The application shows values of this group.</param>
internal sealed record LogView(ProcessName Process, ImmutableArray<LogRow> Rows, bool HasValues);

/// <summary>A committed pair.</summary>
/// <param name="Size">Of the value in the log, in bytes.</param>
/// <param name="Type">Of the value, as far as the bytes tell it.</param>
/// <param name="Text">The value as the application shows it. Null: it does not.</param>
internal sealed record LogRow(long Index, long Term, long Serial, string Time, string Key, int Size, string Type, string? Text);

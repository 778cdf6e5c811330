using RaftActors.Core;
using RaftActors.Core.Codec;

namespace RaftActors;

/// <summary>A committed pair.</summary>
/// <param name="Value">As <see cref="Values.ValueCodec{TValue}"/> encoded it.</param>
/// <param name="Request">The Append of this pair. Null for a preloaded pair, and for another process's answer to a Get.</param>
/// <param name="IsKeyed">The Append had a request key. Of a batch, only the last pair says so, because it ends the Append.</param>
internal readonly record struct StoredPair(
    Serial Serial, string Key, ReadOnlyMemory<byte> Value, LogTime Time, RequestId? Request = null, bool IsKeyed = false)
{
    /// <summary>The next pair is of the same batch, so that no state between the two is to be seen.</summary>
    public bool HasMore { get; init; }

    /// <param name="entry">An entry with one pair.</param>
    public static StoredPair Of(in LogEntry entry) =>
        new(
            entry.Serial,
            entry.Key!, // Justification: a pair has a key.
            entry.Value,
            entry.Time,
            entry.Request,
            entry.RequestKey is not null);

    /// <summary>Returns the pairs of any entry, in their order.</summary>
    public static StoredPair[] AllOf(LogEntry entry)
    {
        if (entry.Count <= 1)
        {
            return entry.IsPair ? [Of(entry)] : [];
        }

        return [.. PairBatch.Decode(entry.Count, entry.Value).Select((pair, place) => new StoredPair(
            entry.First.Plus(place),
            pair.Key,
            pair.Value,
            entry.Time,
            entry.Request,
            IsKeyed: entry.RequestKey is not null && place == entry.Count - 1)
        {
            HasMore = place < entry.Count - 1,
        })];
    }
}

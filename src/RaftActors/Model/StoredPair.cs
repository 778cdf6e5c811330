using RaftActors.Core;

namespace RaftActors;

/// <summary>A committed pair.</summary>
/// <param name="Value">As <see cref="Values.ValueCodec{TValue}"/> encoded it.</param>
/// <param name="Request">The Append of this pair. Null for a preloaded pair, and for another process's answer to a Get.</param>
/// <param name="IsKeyed">The Append had a request key.</param>
internal readonly record struct StoredPair(
    Serial Serial, string Key, ReadOnlyMemory<byte> Value, LogTime Time, RequestId? Request = null, bool IsKeyed = false)
{
    /// <param name="entry">An entry with a pair.</param>
    public static StoredPair Of(in LogEntry entry) =>
        new(
            entry.Serial,
            entry.Key!, // Justification: a pair has a key.
            entry.Value,
            entry.Time,
            entry.Request,
            entry.RequestKey is not null);
}

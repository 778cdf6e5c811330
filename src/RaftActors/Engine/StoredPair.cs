using RaftActors.Core;

namespace RaftActors.Engine;

/// <summary>A committed pair: its serial, and the pair as it is in the log.</summary>
internal readonly record struct StoredPair(Serial Serial, Payload.Pair Logged)
{
    public StoredPair(Serial serial, string key, ReadOnlyMemory<byte> value)
        : this(serial, new Payload.Pair(null, key, value))
    {
    }

    public string Key => Logged.Key;

    /// <summary>As <see cref="Delivery.ValueCodec{TValue}"/> encoded it.</summary>
    public ReadOnlyMemory<byte> Value => Logged.Value;

    /// <summary>The Append of this pair. Null for a preloaded pair, and for another process's answer to a Get.</summary>
    public RequestId? Request => Logged.Request;
}

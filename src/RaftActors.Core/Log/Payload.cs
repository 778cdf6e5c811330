using System.Collections.Immutable;

namespace RaftActors.Core;

/// <summary>The content of a log entry: a no-op, a configuration, a pair, or the end of origins. Closed.</summary>
internal abstract record Payload
{
    private const int SizeWithoutPair = 64;

    private Payload()
    {
    }

    /// <summary>Its approximate size in a message, in bytes. Each character of a key counts as its largest encoding.</summary>
    internal virtual int Size => SizeWithoutPair;

    internal static int SizeOf(string key, ReadOnlyMemory<byte> value) => SizeWithoutPair + (3 * key.Length) + value.Length;

    /// <summary>
    /// The entry with which a leader opens its term, so that it can commit the entries of earlier terms (§8), or that of <see
    /// cref="Input.Extend"/>.
    /// </summary>
    public sealed record NoOp : Payload
    {
        public static NoOp Instance { get; } = new();

        public override string ToString() => "no-op";
    }

    /// <summary>A configuration: in force from the moment it is in the log, committed or not (§6).</summary>
    public sealed record Reconfigure(Configuration Configuration) : Payload
    {
        public override string ToString() => Configuration.ToString();
    }

    /// <summary>
    /// Origins that make no request any more. The group forgets their committed requests, and refuses all requests up to the last one.
    /// </summary>
    /// <param name="Last">The last request of each origin.</param>
    public sealed record Close(ImmutableArray<RequestId> Last) : Payload
    {
        /// <summary>The most origins of one entry, so that the entry fits into any message. Part of the format.</summary>
        internal const int Max = 256;

        private const int SizeOfOrigin = 64;

        public override string ToString() => $"close {string.Join(' ', Last)}";

        internal override int Size => SizeWithoutPair + Last.Sum(last => SizeOfOrigin + (3 * last.Origin.Name.Value.Length));
    }

    /// <summary>
    /// A pair of key and value. Core neither reads nor copies the value, so the caller must not change the bytes.
    /// </summary>
    /// <param name="Request">The call that proposed the pair, or null if there was none, as for a preloaded pair.</param>
    public record Pair(RequestId? Request, string Key, ReadOnlyMemory<byte> Value) : Payload
    {
        /// <summary>
        /// The number of its pairs, and serials. Above 1, its key is empty, and its value a <see cref="Codec.PairBatch"/>.
        /// </summary>
        public int Count { get; init; } = 1;

        public override string ToString() => Count > 1 ? $"{Count} pairs={Value.Length}B" : $"{Key}={Value.Length}B";

        internal override int Size => SizeOf(Key, Value);
    }

    /// <summary>A pair with a request key. The group appends it once, whichever members ask for it. See <see cref="KeyTable"/>.</summary>
    public sealed record KeyedPair : Pair
    {
        public KeyedPair(RequestKeyHash requestKey, RequestId request, string key, ReadOnlyMemory<byte> value)
            : base(request, key, value) => RequestKey = requestKey;

        /// <summary>The key that all attempts share.</summary>
        public RequestKeyHash RequestKey { get; }

        public override string ToString() => $"{base.ToString()} ({RequestKey})";

        internal override int Size => base.Size + RequestKeyHash.Size;
    }
}

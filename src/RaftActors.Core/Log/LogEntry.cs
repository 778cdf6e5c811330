namespace RaftActors.Core;

/// <summary>
/// One entry of the Raft log. <see cref="Serial"/> is that of the last pair up to and including this entry, so no-op and configuration
/// entries repeat the serial before them, and a batch has the serial of its last pair.
/// </summary>
/// <remarks>
/// An entry has the parts of its pair, without an object for the pair. A log keeps many entries for long, and the garbage collector would
/// visit each such object, and move it twice. <see cref="Payload"/> makes the object of a pair at each call.
/// </remarks>
internal readonly record struct LogEntry
{
    // The key of a pair. Any other payload, and a pair with a request key, is an object.
    private readonly object? _content;
    private readonly RequestId _request;
    private readonly ReadOnlyMemory<byte> _value;

    public LogEntry(LogIndex index, Term term, Serial serial, Payload payload)
    {
        (Index, Term, Serial) = (index, term, serial);
        Payload = payload;
    }

    /// <summary>Creates an entry with a pair, and the call that proposed it, if there was one.</summary>
    internal LogEntry(LogIndex index, Term term, Serial serial, RequestId? request, string key, ReadOnlyMemory<byte> value)
    {
        (Index, Term, Serial) = (index, term, serial);
        (_content, _request, _value) = (key, request.GetValueOrDefault(), value);
    }

    public LogIndex Index { get; init; }

    /// <summary>The term of the leader that appended the entry, or 0 for a preloaded pair.</summary>
    public Term Term { get; init; }

    public Serial Serial { get; init; }

    /// <summary>The time of the last pair up to here, or 1970 for a preloaded pair. Invariant: times never fall along a log.</summary>
    public LogTime Time { get; init; }

    /// <summary>The content. Each call makes the object of a pair.</summary>
    public Payload Payload
    {
        get => _content is string key ? new Payload.Pair(Request, key, _value) : (Payload)_content!; // Justification: null if default.
        init => (_content, _request, _value) = value is Payload.Pair { Count: 1 } pair and not Payload.KeyedPair
            ? ((object)pair.Key, pair.Request.GetValueOrDefault(), pair.Value)
            : (value, default(RequestId), default(ReadOnlyMemory<byte>));
    }

    internal bool IsPair => Key is not null;

    /// <summary>How many pairs the entry is: 0, 1, or those of a batch, which have the serials up to that of the entry.</summary>
    internal int Count => _content is string ? 1 : (_content as Payload.Pair)?.Count ?? 0;

    /// <summary>The serial of its first pair. Of an entry without a pair, the serial of the next pair.</summary>
    internal Serial First => Serial.Plus(1 - Count);

    /// <summary>The key of the pair, or null if the entry is no pair.</summary>
    internal string? Key => _content as string ?? (_content as Payload.Pair)?.Key;

    /// <summary>The value of the pair. Empty if the entry is no pair.</summary>
    internal ReadOnlyMemory<byte> Value => _content is Payload.Pair pair ? pair.Value : _value;

    /// <summary>The call that proposed the pair. Null if there was none, or the entry is no pair.</summary>
    internal RequestId? Request => _content is Payload.Pair pair ? pair.Request : _request == default ? null : _request;

    /// <summary>The request key of the pair. Null if it has none, or the entry is no pair.</summary>
    internal RequestKeyHash? RequestKey => (_content as Payload.KeyedPair)?.RequestKey;

    /// <summary>The configuration, or null for other entries.</summary>
    internal Configuration? Configuration => (_content as Payload.Reconfigure)?.Configuration;

    /// <summary>The last requests of origins that are closed, or null for other entries.</summary>
    internal Payload.Close? Close => _content as Payload.Close;

    /// <summary>The approximate size in a message, in bytes. Each character of a key counts as its largest encoding.</summary>
    internal int Size => _content is string key
        ? Payload.SizeOf(key, _value)
        : ((Payload)_content!).Size; // Justification: null if default.

    public override string ToString() => $"{Index}/{Term} s{Serial} {Payload}{(Time == default ? "" : $" at {Time}")}";
}

using RaftActors.Values;

namespace RaftActors;

/// <summary>A committed pair in the memory of a process of this node, for tools that show a log to people.</summary>
public sealed class CommittedPair
{
    private readonly RaftHost _host;
    private readonly StoredPair _pair;

    internal CommittedPair(RaftHost host, LogIndex index, long term, StoredPair pair) =>
        (_host, Index, Term, _pair) = (host, index.Value, term, pair);

    /// <summary>The place of the pair in the log, which has entries without a pair, too.</summary>
    public long Index { get; }

    /// <summary>The term in which a leader appended it.</summary>
    public long Term { get; }

    /// <inheritdoc cref="Entry{TValue}.Serial"/>
    public Serial Serial => _pair.Serial;

    /// <inheritdoc cref="Entry{TValue}.Key"/>
    public string Key => _pair.Key;

    /// <inheritdoc cref="Entry{TValue}.Time"/>
    public DateTimeOffset Time => _pair.Time.ToDateTimeOffset();

    /// <summary>The size of the value in the log, in bytes.</summary>
    public int Size => _pair.Value.Length;

    /// <summary>The type of the value for people, as far as its bytes tell it.</summary>
    public string ValueType => ValueCodec<object?>.TypeOf(_pair.Value.Span);

    /// <summary>Reads the value.</summary>
    /// <typeparam name="TValue">The type of the values, as the actors have it.</typeparam>
    /// <param name="codec">The <see cref="RaftOptions{TValue}.Codec"/> of the actors. Null: they have none.</param>
    /// <exception cref="Exception">The codec or the serializer has thrown it.</exception>
    public Entry<TValue> Read<TValue>(RaftCodec<TValue>? codec = null) =>
        new(Serial, Key, new ValueCodec<TValue>(_host, codec).Decode(_pair.Value)) { Time = Time };
}

using RaftActors.Core.Codec;
using RaftActors.Settings;
using RaftActors.Values;

namespace RaftActors.Sessions;

/// <summary>What one Append appends: a pair, or a batch, which has no key and the bytes of a <see cref="PairBatch"/>.</summary>
internal readonly record struct EncodedPairs(string Key, ReadOnlyMemory<byte> Value, int Count = 1)
{
    /// <exception cref="ArgumentException">The value has no codec, or the pair is too large.</exception>
    public static EncodedPairs Of<TValue>(string key, TValue value, ValueCodec<TValue> values, LimitSettings limits)
    {
        ArgumentNullException.ThrowIfNull(key);
        var bytes = values.Encode(value);
        limits.DemandFits(key, bytes.Length);
        return new EncodedPairs(key, bytes);
    }

    /// <exception cref="ArgumentException">There are none, or too many, or one cannot be encoded, or they are too large.</exception>
    public static EncodedPairs Of<TValue>(
        IReadOnlyCollection<(string Key, TValue Value)> pairs, ValueCodec<TValue> values, LimitSettings limits)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        var encoded = pairs.Select(pair => Of(pair.Key, pair.Value, values, limits)).ToArray();
        if (encoded.Length is 0 or > PairBatch.Max)
        {
            throw new ArgumentException($"The batch has {encoded.Length} pairs; it must have 1 to {PairBatch.Max}.", nameof(pairs));
        }

        if (encoded.Length == 1)
        {
            return encoded[0];
        }

        var bytes = PairBatch.Encode([.. encoded.Select(pair => (pair.Key, pair.Value))]);
        limits.DemandFits(encoded.Length, bytes.Length);
        return new EncodedPairs("", bytes, encoded.Length);
    }
}

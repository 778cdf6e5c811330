namespace RaftActors.Core.Codec;

/// <summary>
/// Several pairs in the bytes of one value, so that they are one entry of the log: all of them are committed, or none. In their order, each
/// has its key and its value. Their number stands beside the bytes.
/// </summary>
internal static class PairBatch
{
    /// <summary>The most pairs of a batch, because an actor takes all of them in one turn. Part of the format.</summary>
    public const int Max = 1024;

    /// <exception cref="ArgumentException">A key has half a surrogate pair.</exception>
    public static byte[] Encode(ReadOnlySpan<(string Key, ReadOnlyMemory<byte> Value)> pairs)
    {
        var writer = new ByteWriter();
        foreach (var (key, value) in pairs)
        {
            writer.Text(key);
            writer.Bytes(value.Span);
        }

        return writer.ToArray();
    }

    /// <summary>Reads the pairs of a batch. The values are views of the bytes.</summary>
    /// <exception cref="InvalidDataException">The bytes are no batch of this number of pairs.</exception>
    public static (string Key, ReadOnlyMemory<byte> Value)[] Decode(int count, ReadOnlyMemory<byte> bytes)
    {
        var reader = ByteReader.OfKept(bytes);
        if (count is < 0 or > Max)
        {
            throw reader.Damaged($"a batch has {count} pairs");
        }

        var pairs = new (string, ReadOnlyMemory<byte>)[count];
        foreach (ref var pair in pairs.AsSpan())
        {
            pair = (reader.Key(), reader.Value());
        }

        reader.End();
        return pairs;
    }

    /// <summary>Returns the bytes if they are a batch of 2 pairs or more. All later readers rely on it.</summary>
    /// <exception cref="InvalidDataException">They are none.</exception>
    public static ReadOnlyMemory<byte> Checked(ref ByteReader reader, int count, ReadOnlyMemory<byte> bytes) =>
        count > 1 && Decode(count, bytes).Length == count ? bytes : throw reader.Damaged($"a batch has {count} pairs");
}

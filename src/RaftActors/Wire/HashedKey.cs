using RaftActors.Core;
using RaftActors.Core.Codec;

namespace RaftActors.Wire;

/// <summary>A <see cref="RequestKey"/>, as messages hold it.</summary>
internal sealed record HashedKey(RequestKeyHash Hash, Serial? Since)
{
    public static void WriteOptional(ByteWriter writer, HashedKey? key)
    {
        writer.Flag(key is not null);
        if (key is not null)
        {
            Write(writer, key);
        }
    }

    public static HashedKey? ReadOptional(ref ByteReader reader) => reader.Flag() ? Read(ref reader) : null;

    public static void Write(ByteWriter writer, HashedKey key)
    {
        writer.RequestKey(key.Hash);
        writer.Flag(key.Since is not null);
        if (key.Since is { } since)
        {
            writer.Number(since.Value);
        }
    }

    public static HashedKey Read(ref ByteReader reader) =>
        new(reader.RequestKey(), reader.Flag() ? new Serial(reader.Count()) : null);
}

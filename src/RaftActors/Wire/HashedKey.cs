using RaftActors.Core;
using RaftActors.Core.Codec;

namespace RaftActors.Wire;

/// <summary>A <see cref="RequestKey"/>, as messages hold it.</summary>
internal sealed record HashedKey(RequestKeyHash Hash, Serial? Since)
{
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

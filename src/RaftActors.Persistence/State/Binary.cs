namespace RaftActors.Persistence.State;

/// <summary>The bytes of this library in the log, in questions and in answers.</summary>
internal static class Binary
{
    public static byte[] Write(Action<BinaryWriter> write)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        write(writer);
        writer.Flush();
        return stream.ToArray();
    }

    /// <exception cref="InvalidDataException">There are more bytes than <paramref name="read"/> takes.</exception>
    /// <exception cref="EndOfStreamException">There are fewer.</exception>
    public static T Read<T>(byte[] bytes, Func<BinaryReader, T> read)
    {
        using var stream = new MemoryStream(bytes, writable: false);
        using var reader = new BinaryReader(stream);
        var value = read(reader);
        return stream.Position == stream.Length
            ? value
            : throw new InvalidDataException($"{stream.Length - stream.Position} bytes are behind the {typeof(T).Name}. Use one version of "
                + "RaftActors.Persistence on all nodes.");
    }

    public static void WriteBlock(this BinaryWriter writer, ReadOnlySpan<byte> bytes)
    {
        writer.Write(bytes.Length);
        writer.Write(bytes);
    }

    public static byte[] ReadBlock(this BinaryReader reader)
    {
        var length = reader.ReadInt32();
        var bytes = length < 0 ? [] : reader.ReadBytes(length);
        return bytes.Length == length
            ? bytes
            : throw new EndOfStreamException($"A block has {bytes.Length} of its {length} bytes. The data is damaged.");
    }

    public static void Write(this BinaryWriter writer, SnapshotBounds bounds)
    {
        writer.Write(bounds.MinSequenceNr);
        writer.Write(bounds.MaxSequenceNr);
        writer.Write(bounds.MinTicks);
        writer.Write(bounds.MaxTicks);
    }

    public static SnapshotBounds ReadBounds(this BinaryReader reader) =>
        new(reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt64());
}

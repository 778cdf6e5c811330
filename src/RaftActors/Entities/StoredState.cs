namespace RaftActors.Entities;

/// <summary>The state of one entity as bytes, and the serial of its last command. Or one command as bytes, and its serial.</summary>
internal readonly record struct StoredState(Serial Serial, ReadOnlyMemory<byte> Bytes)
{
    public void Write(BinaryWriter writer, string id)
    {
        writer.Write(id);
        writer.Write(Serial.Value);
        writer.Write7BitEncodedInt(Bytes.Length);
        writer.Write(Bytes.Span);
    }

    /// <exception cref="InvalidDataException">The bytes end too early.</exception>
    public static (string Id, StoredState State) Read(BinaryReader reader)
    {
        var (id, serial, length) = (reader.ReadString(), reader.ReadInt64(), reader.Read7BitEncodedInt());
        var bytes = reader.ReadBytes(length);
        return bytes.Length == length
            ? (id, new StoredState(new Serial(serial), bytes))
            : throw new InvalidDataException($"A state or command of the entity '{id}' has {bytes.Length} of {length} bytes.");
    }
}

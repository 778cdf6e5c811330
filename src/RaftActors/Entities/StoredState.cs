using RaftActors.Core;

namespace RaftActors.Entities;

/// <summary>The state of one entity as bytes, with serial and time of its last command. Or one command as bytes, with its own.</summary>
internal readonly record struct StoredState(Serial Serial, DateTimeOffset Time, ReadOnlyMemory<byte> Bytes)
{
    public void Write(BinaryWriter writer, string id)
    {
        writer.Write(id);
        writer.Write(Serial.Value);
        writer.Write(Time.ToUnixTimeMilliseconds());
        writer.Write7BitEncodedInt(Bytes.Length);
        writer.Write(Bytes.Span);
    }

    /// <exception cref="InvalidDataException">The bytes end too early, or the time is none.</exception>
    public static (string Id, StoredState State) Read(BinaryReader reader)
    {
        var (id, serial, time, length) = (
            reader.ReadString(), reader.ReadInt64(), new LogTime(reader.ReadInt64()), reader.Read7BitEncodedInt());
        if (time < default(LogTime) || time > LogTime.Max)
        {
            throw new InvalidDataException($"A state or command of the entity '{id}' has the time {time.Milliseconds} ms.");
        }

        var bytes = reader.ReadBytes(length);
        return bytes.Length == length
            ? (id, new StoredState(new Serial(serial), time.ToDateTimeOffset(), bytes))
            : throw new InvalidDataException($"A state or command of the entity '{id}' has {bytes.Length} of {length} bytes.");
    }
}

using System.Buffers;

using RaftActors.Core;

namespace RaftActors.Entities;

/// <summary>The state of one entity as bytes, with serial and time of its last command.</summary>
internal readonly record struct StoredState(Serial Serial, DateTimeOffset Time, ReadOnlyMemory<byte> Bytes)
{
    // The separators of the members and elements of JSON.
    private static readonly SearchValues<byte> Separators = SearchValues.Create(",{}[]"u8);

    /// <summary>
    /// A hash of id, serial, time and state. It adds up the parts between separators, because the order of a Dictionary or a set in the
    /// state may differ between nodes.
    /// </summary>
    public ulong HashOf(string id)
    {
        var sum = 0ul;
        var rest = Bytes.Span;
        while (!rest.IsEmpty)
        {
            var length = rest.IndexOfAny(Separators) is >= 0 and var place ? place : rest.Length;
            sum += StateHash.Extend(PrefixHash.Empty, rest[..length]);
            rest = rest[Math.Min(length + 1, rest.Length)..];
        }

        return StateHash.Mix(StateHash.Mix(StateHash.Extend((ulong)Serial.Value, id), (ulong)Time.UtcTicks), sum);
    }

    public void Write(BinaryWriter writer, string id)
    {
        writer.Write(id);
        writer.Write(Serial.Value);
        writer.Write(Time.ToUnixTimeMilliseconds());
        writer.Write7BitEncodedInt(Bytes.Length);
        writer.Write(Bytes.Span);
    }

    /// <exception cref="InvalidDataException">The bytes end too early, or the time is out of range.</exception>
    public static (string Id, StoredState State) Read(BinaryReader reader)
    {
        var (id, serial, time, length) = (
            reader.ReadString(), reader.ReadInt64(), new LogTime(reader.ReadInt64()), reader.Read7BitEncodedInt());
        if (time < default(LogTime) || time > LogTime.Max)
        {
            throw new InvalidDataException($"The state of the entity '{id}' has the time {time.Milliseconds} ms.");
        }

        var bytes = reader.ReadBytes(length);
        return bytes.Length == length
            ? (id, new StoredState(new Serial(serial), time.ToDateTimeOffset(), bytes))
            : throw new InvalidDataException($"The state of the entity '{id}' has {bytes.Length} of {length} bytes.");
    }
}

namespace RaftActors.Persistence.State;

/// <summary>A question about one persistence id. It and its answer are bytes, so they need no serializer.</summary>
internal abstract record Question(string Id)
{
    private enum Kind : byte
    {
        Highest = 1,
        Events = 2,
        Snapshot = 3,
    }

    /// <summary>The highest sequence number that was ever written. The answer is a number; 0 if there is none.</summary>
    public sealed record Highest(string Id) : Question(Id);

    /// <summary>The next events that are not deleted, as a page of <see cref="EventPage"/>.</summary>
    /// <param name="Max">The most events, 1 or more.</param>
    /// <param name="MaxBytes">The most bytes. The page has one event in any case.</param>
    public sealed record Events(string Id, long From, long To, int Max, int MaxBytes) : Question(Id);

    /// <summary>The snapshot with the highest sequence number within the bounds. No bytes: there is none.</summary>
    public sealed record Snapshot(string Id, SnapshotBounds Bounds) : Question(Id);

    public byte[] ToBytes() => Binary.Write(writer =>
    {
        writer.Write((byte)(this is Highest ? Kind.Highest : this is Events ? Kind.Events : Kind.Snapshot));
        writer.Write(Id);
        if (this is Events events)
        {
            writer.Write(events.From);
            writer.Write(events.To);
            writer.Write(events.Max);
            writer.Write(events.MaxBytes);
        }
        else if (this is Snapshot snapshot)
        {
            writer.Write(snapshot.Bounds);
        }
    });

    public static Question Read(object question) => Binary.Read<Question>(
        question as byte[]
            ?? throw new InvalidDataException($"A {question.GetType().Name} is no question to the journal. Ask by Akka.Persistence."),
        reader => (Kind)reader.ReadByte() switch
        {
            Kind.Highest => new Highest(reader.ReadString()),
            Kind.Events => new Events(reader.ReadString(), reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt32(), reader.ReadInt32()),
            Kind.Snapshot => new Snapshot(reader.ReadString(), reader.ReadBounds()),
            var other => throw new InvalidDataException(
                $"{(byte)other} is no kind of a question to the journal. Update RaftActors.Persistence on this node."),
        });
}

/// <summary>Events of one answer, in the order of their sequence numbers.</summary>
internal static class EventPage
{
    public static byte[] ToBytes(IReadOnlyCollection<StoredEvent> events) => Binary.Write(writer =>
    {
        writer.Write(events.Count);
        foreach (var (number, bytes) in events)
        {
            writer.Write(number);
            writer.WriteBlock(bytes);
        }
    });

    public static IReadOnlyList<StoredEvent> Read(byte[] page) => Binary.Read(page, reader =>
    {
        var events = new List<StoredEvent>();
        for (var left = reader.ReadInt32(); left > 0; left--)
        {
            events.Add(new StoredEvent(reader.ReadInt64(), reader.ReadBlock()));
        }

        return events;
    });
}

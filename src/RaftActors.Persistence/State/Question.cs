namespace RaftActors.Persistence.State;

/// <summary>A question about one persistence id. It and its answer are bytes, so they need no serializer.</summary>
internal abstract record Question(string Id)
{
    private enum Kind : byte
    {
        Highest = 1,
        Events = 2,
        Snapshot = 3,
        Tagged = 4,
        Ids = 5,
        Values = 6,
        Wait = 7,
    }

    /// <summary>The highest sequence number that was ever written. The answer is a number; 0 if there is none.</summary>
    public sealed record Highest(string Id) : Question(Id);

    /// <summary>The next events that are not deleted, as a page of <see cref="EventPage"/>.</summary>
    /// <param name="Max">The most events, 1 or more.</param>
    /// <param name="MaxBytes">The most bytes. The page has one event in any case.</param>
    public sealed record Events(string Id, long From, long To, int Max, int MaxBytes) : Question(Id);

    /// <summary>The snapshot with the highest sequence number within the bounds. No bytes: there is none.</summary>
    public sealed record Snapshot(string Id, SnapshotBounds Bounds) : Question(Id);

    /// <summary>The next events with a tag, as a page of <see cref="TaggedPage"/>. The tag is in the place of the id.</summary>
    /// <param name="After">The events have higher offsets than this one, and none above <paramref name="To"/>.</param>
    /// <param name="MaxBytes">The most bytes. The page has one event in any case.</param>
    public sealed record Tagged(string Tag, long After, long To, int MaxBytes) : Question(Tag);

    /// <summary>The next persistence ids in the order of their first events, as a page of <see cref="IdPage"/>.</summary>
    /// <param name="After">The number of ids before them.</param>
    public sealed record Ids(int After, int MaxBytes) : Question("");

    /// <summary>The newest snapshots of the ids with a prefix, in the order of the ids, as a page of <see cref="ValuePage"/>.</summary>
    /// <param name="After">The id before them. Empty: there is none.</param>
    public sealed record Values(string Prefix, string After, int MaxBytes) : Question(Prefix);

    /// <summary>A question for a page, which is answered when the page would not be empty, or when the time is over.</summary>
    public sealed record Wait(Question For, int Milliseconds) : Question(For.Id);

    public byte[] ToBytes() => Binary.Write(writer =>
    {
        writer.Write((byte)(this switch
        {
            Highest => Kind.Highest,
            Events => Kind.Events,
            Snapshot => Kind.Snapshot,
            Tagged => Kind.Tagged,
            Ids => Kind.Ids,
            Values => Kind.Values,
            _ => Kind.Wait,
        }));
        writer.Write(Id);
        switch (this)
        {
            case Events events:
                writer.Write(events.From);
                writer.Write(events.To);
                writer.Write(events.Max);
                writer.Write(events.MaxBytes);
                break;
            case Snapshot snapshot:
                writer.Write(snapshot.Bounds);
                break;
            case Tagged tagged:
                writer.Write(tagged.After);
                writer.Write(tagged.To);
                writer.Write(tagged.MaxBytes);
                break;
            case Ids ids:
                writer.Write(ids.After);
                writer.Write(ids.MaxBytes);
                break;
            case Values values:
                writer.Write(values.After);
                writer.Write(values.MaxBytes);
                break;
            case Wait wait:
                writer.Write(wait.Milliseconds);
                writer.WriteBlock(wait.For.ToBytes());
                break;
        }
    });

    public static Question Read(object question) => Binary.Read<Question>(
        question as byte[]
            ?? throw new InvalidDataException($"A {question.GetType().Name} is no question to the journal. Ask by Akka.Persistence."),
        reader => ((Kind)reader.ReadByte(), Id: reader.ReadString()) switch
        {
            (Kind.Highest, var id) => new Highest(id),
            (Kind.Events, var id) => new Events(id, reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt32(), reader.ReadInt32()),
            (Kind.Snapshot, var id) => new Snapshot(id, reader.ReadBounds()),
            (Kind.Tagged, var tag) => new Tagged(tag, reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt32()),
            (Kind.Ids, _) => new Ids(reader.ReadInt32(), reader.ReadInt32()),
            (Kind.Values, var prefix) => new Values(prefix, reader.ReadString(), reader.ReadInt32()),
            (Kind.Wait, _) => ReadWait(reader.ReadInt32(), reader.ReadBlock()),
            var (other, _) => throw new InvalidDataException(
                $"{(byte)other} is no kind of a question to the journal. Update RaftActors.Persistence on this node."),
        });

    // One level alone, so that a question of a stranger cannot exhaust the stack.
    private static Wait ReadWait(int milliseconds, byte[] question) => question is [(byte)Kind.Wait, ..]
        ? throw new InvalidDataException("A question that waits has another one in it. Ask by Akka.Persistence.")
        : new Wait(Read(question), milliseconds);
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

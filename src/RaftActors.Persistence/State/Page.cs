namespace RaftActors.Persistence.State;

/// <summary>What all pages of answers have in common: the number of items, and then the items.</summary>
internal static class Page
{
    public static bool IsEmpty(object page) => page is byte[] and [0, 0, 0, 0, ..];

    public static byte[] ToBytes<T>(IReadOnlyCollection<T> items, Action<BinaryWriter, T> write) => Binary.Write(writer =>
    {
        writer.Write(items.Count);
        foreach (var each in items)
        {
            write(writer, each);
        }
    });

    public static IReadOnlyList<T> Read<T>(byte[] page, Func<BinaryReader, T> read) => Binary.Read(page, reader =>
    {
        List<T> items = [];
        for (var left = reader.ReadInt32(); left > 0; left--)
        {
            items.Add(read(reader));
        }

        return items;
    });

    /// <summary>Takes items until they have so many bytes, and one in any case.</summary>
    public static List<T> Take<T>(IEnumerable<T> items, int maxBytes, Func<T, int> sizeOf)
    {
        List<T> taken = [];
        long bytes = 0;
        foreach (var each in items)
        {
            bytes += sizeOf(each);
            if (bytes > maxBytes && taken.Count > 0)
            {
                break;
            }

            taken.Add(each);
        }

        return taken;
    }
}

/// <summary>Events with a tag, in the order of their offsets.</summary>
internal static class TaggedPage
{
    public static byte[] ToBytes(IReadOnlyCollection<(TaggedEvent Event, byte[] Bytes)> events) => Page.ToBytes(events, (writer, each) =>
    {
        writer.Write(each.Event.Offset);
        writer.Write(each.Event.Id);
        writer.Write(each.Event.SequenceNr);
        writer.WriteBlock(each.Bytes);
    });

    public static IReadOnlyList<(TaggedEvent Event, byte[] Bytes)> Read(byte[] page) => Page.Read(
        page, reader => (new TaggedEvent(reader.ReadInt64(), reader.ReadString(), reader.ReadInt64()), reader.ReadBlock()));
}

/// <summary>Persistence ids in the order of their first events.</summary>
internal static class IdPage
{
    public static byte[] ToBytes(IReadOnlyCollection<string> ids) => Page.ToBytes(ids, (writer, id) => writer.Write(id));

    public static IReadOnlyList<string> Read(byte[] page) => Page.Read(page, reader => reader.ReadString());
}

/// <summary>Ids and their newest snapshots.</summary>
internal static class ValuePage
{
    public static byte[] ToBytes(IReadOnlyCollection<(string Id, byte[] Bytes)> values) => Page.ToBytes(values, (writer, each) =>
    {
        writer.Write(each.Id);
        writer.WriteBlock(each.Bytes);
    });

    public static IReadOnlyList<(string Id, byte[] Bytes)> Read(byte[] page) =>
        Page.Read(page, reader => (reader.ReadString(), reader.ReadBlock()));
}

using System.Collections.Immutable;

using Snapshots = System.Collections.Immutable.ImmutableSortedDictionary<long, RaftActors.Persistence.State.SnapshotPlace>;

namespace RaftActors.Persistence.State;

/// <summary>
/// The stream of a raft snapshot: a version, the events of each persistence id that are not deleted, in the order of the first events of
/// the ids, the snapshots of the ids, and the index of the tags. A later version of the program must read it.
/// </summary>
internal static class StateImage
{
    private const byte Version = 1;

    /// <exception cref="OperationCanceledException">The snapshot is not needed any more.</exception>
    public static void Write(
        IReadOnlyList<string> ids,
        ImmutableDictionary<string, EventStream> streams,
        ImmutableDictionary<string, Snapshots> snapshots,
        IReadOnlyList<(string Tag, ReadOnlyMemory<TaggedEvent> Events)> tags,
        EventFile file,
        Stream output,
        CancellationToken stopping)
    {
        using var writer = new BinaryWriter(output, System.Text.Encoding.UTF8, leaveOpen: true);
        writer.Write(Version);
        writer.Write(ids.Count);
        foreach (var id in ids)
        {
            var stream = streams[id];
            writer.Write(id);
            writer.Write(stream.Highest);
            writer.Write(stream.Writer);
            writer.Write(stream.Events.Length);
            for (var i = 0; i < stream.Events.Length; i++)
            {
                stopping.ThrowIfCancellationRequested();
                var (number, place) = stream.Events[i];
                writer.Write(number);
                writer.WriteBlock(file.Read(place));
            }
        }

        writer.Write(snapshots.Count);

        // Each process has an order of its own in a dictionary of texts. Without the sorting, equal states would have different bytes.
        foreach (var (id, all) in snapshots.OrderBy(each => each.Key, StringComparer.Ordinal))
        {
            writer.Write(id);
            writer.Write(all.Count);
            foreach (var (number, (ticks, place)) in all)
            {
                stopping.ThrowIfCancellationRequested();
                writer.Write(number);
                writer.Write(ticks);
                writer.WriteBlock(file.Read(place));
            }
        }

        writer.Write(tags.Count);
        foreach (var (tag, events) in tags)
        {
            writer.Write(tag);
            writer.Write(events.Length);
            for (var i = 0; i < events.Length; i++)
            {
                stopping.ThrowIfCancellationRequested();
                var (offset, id, number) = events.Span[i];
                writer.Write(offset);
                writer.Write(id);
                writer.Write(number);
            }
        }
    }

    /// <exception cref="InvalidDataException">A later version of the program has written it.</exception>
    /// <param name="onStream">
    /// Gets a persistence id, its highest sequence number, its writer, and its events, to be enumerated once.
    /// </param>
    /// <param name="onSnapshot">Gets a persistence id and one of its snapshots.</param>
    /// <param name="onTag">Gets a tag and the next event of it.</param>
    public static void Read(
        Stream state,
        Action<string, long, string, IEnumerable<StoredEvent>> onStream,
        Action<string, StoredSnapshot> onSnapshot,
        Action<string, TaggedEvent> onTag)
    {
        using var reader = new BinaryReader(state, System.Text.Encoding.UTF8, leaveOpen: true);
        if (reader.ReadByte() is var version && version != Version)
        {
            throw new InvalidDataException(
                $"The snapshot has the version {version}, and this program reads {Version}. Update RaftActors.Persistence on this node.");
        }

        for (var left = reader.ReadInt32(); left > 0; left--)
        {
            onStream(reader.ReadString(), reader.ReadInt64(), reader.ReadString(), Events());
        }

        for (var left = reader.ReadInt32(); left > 0; left--)
        {
            var id = reader.ReadString();
            for (var number = reader.ReadInt32(); number > 0; number--)
            {
                onSnapshot(id, new StoredSnapshot(reader.ReadInt64(), reader.ReadInt64(), reader.ReadBlock()));
            }
        }

        for (var left = reader.ReadInt32(); left > 0; left--)
        {
            var tag = reader.ReadString();
            for (var number = reader.ReadInt32(); number > 0; number--)
            {
                onTag(tag, new TaggedEvent(reader.ReadInt64(), reader.ReadString(), reader.ReadInt64()));
            }
        }

        IEnumerable<StoredEvent> Events()
        {
            for (var left = reader.ReadInt32(); left > 0; left--)
            {
                yield return new StoredEvent(reader.ReadInt64(), reader.ReadBlock());
            }
        }
    }
}

using System.Collections.Immutable;
using System.Text.Json;

using Snapshots = System.Collections.Immutable.ImmutableSortedDictionary<long, RaftActors.Persistence.State.SnapshotPlace>;

namespace RaftActors.Persistence.State;

/// <summary>
/// The events and snapshots of all persistence ids of one group. The memory has where their bytes are, and the file has the bytes. Not
/// thread-safe.
/// </summary>
internal sealed class JournalState(EventFile file)
{
    /// <summary>The result of a command that was done.</summary>
    public const string Done = "";

    private ImmutableDictionary<string, EventStream> _streams = ImmutableDictionary<string, EventStream>.Empty;
    private ImmutableDictionary<string, Snapshots> _snapshots = ImmutableDictionary<string, Snapshots>.Empty;
    private readonly TagIndex _tags = new();

    // The persistence ids in the order of their first events, the same on all processes.
    private readonly List<string> _ids = [];

    /// <summary>The number of events that are not deleted.</summary>
    public long EventCount { get; private set; }

    /// <summary>The bytes of those events and of the snapshots.</summary>
    public long Bytes => file.LiveBytes;

    /// <summary>A hash of the state, equal on all processes. It does not read the bytes of events.</summary>
    public ulong Digest { get; private set; }

    /// <summary>Applies a command.</summary>
    /// <param name="serial">Of its pair. It becomes the beginning of the offsets of the events.</param>
    /// <returns><see cref="Done"/>, or why the write was refused. The text is the same on all processes.</returns>
    /// <exception cref="IOException">The disk of this node is full, or has failed. Nothing was changed.</exception>
    public string Apply(string id, Command command, Serial serial = default)
    {
        switch (command)
        {
            case Command.Write write:
                return Write([(id, write)], serial)[0];
            case Command.Batch { Writes: var writes }:
                return ResultsOf(Write(writes, serial));
            case Command.DeleteEvents { To: var to }:
                var stream = StreamOf(id);
                var left = stream.Delete(to, Free);
                Set(id, left, stream);
                _tags.OnDeleted(stream.Events.Length - left.Events.Length, each => PlaceOf(each) is not null);
                break;
            case Command.SaveSnapshot { Snapshot: var snapshot }:
                Save(id, snapshot);
                break;
            case Command.DeleteSnapshots { Bounds: var bounds }:
                DeleteSnapshots(id, bounds);
                break;
        }

        Compact();
        return Done;
    }

    /// <summary>Returns the answer to a question, as bytes or as a number.</summary>
    public object Answer(Question question) => question switch
    {
        Question.Events events => EventPage.ToBytes(EventsOf(events)),
        Question.Snapshot snapshot => Latest(snapshot),
        Question.Tagged tagged => TaggedPage.ToBytes(EventsOf(tagged)),
        Question.Ids ids => IdPage.ToBytes(Page.Take(_ids.Skip(ids.After), ids.MaxBytes, id => id.Length)),
        Question.Values values => ValuePage.ToBytes(ValuesOf(values)),
        _ => StreamOf(question.Id).Highest,
    };

    /// <summary>Returns a writer of the present state, for a thread of its own.</summary>
    public StateWriter ToWriter()
    {
        var (ids, streams, snapshots, tags, hold) = (_ids.ToArray(), _streams, _snapshots, _tags.ToImage(), file.Hold());
        return (output, stopping) =>
        {
            using (hold)
            {
                StateImage.Write(ids, streams, snapshots, tags, file, output, stopping);
            }

            return Task.CompletedTask;
        };
    }

    /// <summary>Replaces the state by one that <see cref="ToWriter"/> has written.</summary>
    public void Restore(Stream state)
    {
        file.Clear();
        (_streams, _snapshots, EventCount, Digest) = (_streams.Clear(), _snapshots.Clear(), 0, 0);
        _ids.Clear();
        _tags.Clear();
        StateImage.Read(
            state,
            (id, highest, writer, events) =>
            {
                // Piece by piece, because an actor may have more events than fit into memory.
                foreach (var each in events)
                {
                    var before = StreamOf(id);
                    Set(id, before.Append(writer, [new(each.SequenceNr, file.Append(each.Bytes))]), before);
                }

                var stream = StreamOf(id);
                Set(id, stream.Append(writer, []).WithHighest(highest), stream);
            },
            Save,
            (tag, each) => _tags.Add(tag, each with { Id = KnownOf(each.Id) }));
    }

    /// <summary>Reads the result of a batch: that of each of its writes.</summary>
    public static IReadOnlyList<string> ResultsOf(string batch, int count) =>
        batch == Done ? [.. Enumerable.Repeat(Done, count)] : JsonSerializer.Deserialize<string[]>(batch)!;

    private static string ResultsOf(string[] results) =>
        Array.TrueForAll(results, each => each == Done) ? Done : JsonSerializer.Serialize(results);

    private string[] Write(ImmutableArray<(string Id, Command.Write Write)> writes, Serial serial)
    {
        // All bytes at once, so that a disk that fails has changed nothing.
        var places = file.AppendAll([.. writes.SelectMany(each => each.Write.Events).Select(each => each.Bytes)]);
        var results = new string[writes.Length];
        var next = 0;
        foreach (var (i, (id, write)) in writes.Index())
        {
            var stream = StreamOf(id);
            var own = places.Slice(next, write.Events.Length);
            if (RefusalOf(id, write, stream) is { } refusal)
            {
                results[i] = refusal;
                foreach (var refused in own)
                {
                    file.Free(refused);
                }
            }
            else
            {
                results[i] = Done;
                Add(id, write, stream, own, EventOffset.Of(serial, next));
            }

            next += write.Events.Length;
        }

        return results;
    }

    // Returns the result of a write that adds nothing. Null: it adds its events.
    private static string? RefusalOf(string id, Command.Write write, EventStream stream)
    {

        // A write whose outcome its writer did not learn is sent again, until its writer goes on. It is applied once. Writers without an id
        // cannot be told apart, so a write of theirs is never taken for a repeat.
        if (write.Writer == stream.Writer && write.Writer.Length > 0 && write.Events[^1].SequenceNr <= stream.Highest)
        {
            return Done;
        }

        // The writer has recovered before another incarnation of its actor wrote. A new writer may know of a higher number, from a snapshot
        // that its actor took after rejected events.
        if (write.IsFirst ? write.After < stream.Highest : write.After != stream.Highest)
        {
            return $"'{id}' has the sequence number {stream.Highest}, and this writer knows of {write.After}: another incarnation of the "
                + "actor has written. Stop this one.";
        }

        // Without this, a writer from before a restore could go on when the journal reaches the number that it had.
        if (write.Writer != stream.Writer && !write.IsFirst)
        {
            return $"'{id}' was written by another incarnation of the actor after this one. Stop this one.";
        }

        return null;
    }

    // The offsets of its events begin with this one.
    private void Add(string id, Command.Write write, EventStream stream, ReadOnlySpan<Place> places, long offset)
    {
        var events = new EventPlace[places.Length];
        for (var i = 0; i < events.Length; i++)
        {
            events[i] = new EventPlace(write.Events[i].SequenceNr, places[i]);
        }

        Set(id, stream.Append(write.Writer, events), stream);
        foreach (var (place, (number, bytes)) in write.Events.Index())
        {
            foreach (var tag in EventTags.Of(bytes))
            {
                _tags.Add(tag, new TaggedEvent(offset + place, KnownOf(id), number));
            }
        }
    }

    private void Save(string id, StoredSnapshot snapshot)
    {
        var before = _snapshots.GetValueOrDefault(id, Snapshots.Empty);
        var place = file.Append(snapshot.Bytes);
        if (before.TryGetValue(snapshot.SequenceNr, out var replaced))
        {
            Forget(id, snapshot.SequenceNr, replaced);
        }

        SnapshotPlace saved = new(snapshot.Ticks, place);
        Digest += HashOf(id, snapshot.SequenceNr, saved);
        _snapshots = _snapshots.SetItem(id, before.SetItem(snapshot.SequenceNr, saved));
    }

    private void DeleteSnapshots(string id, SnapshotBounds bounds)
    {
        var before = _snapshots.GetValueOrDefault(id, Snapshots.Empty);
        var left = before;
        foreach (var (number, snapshot) in before.Where(each => bounds.Contains(each.Key, each.Value.Ticks)))
        {
            Forget(id, number, snapshot);
            left = left.Remove(number);
        }

        _snapshots = left.IsEmpty ? _snapshots.Remove(id) : _snapshots.SetItem(id, left);
    }

    private void Forget(string id, long number, SnapshotPlace snapshot)
    {
        Digest -= HashOf(id, number, snapshot);
        file.Free(snapshot.Place);
    }

    private List<(TaggedEvent Event, byte[] Bytes)> EventsOf(Question.Tagged question)
    {
        List<TaggedEvent> page = [];
        List<Place> places = [];
        long bytes = 0;
        foreach (var each in _tags.After(question.Tag, question.After))
        {
            if (each.Offset > question.To)
            {
                break;
            }

            if (PlaceOf(each) is not { } place)
            {
                continue;
            }

            bytes += place.Length;
            if (bytes > question.MaxBytes && page.Count > 0)
            {
                break;
            }

            page.Add(each);
            places.Add(place);
        }

        return [.. page.Zip(file.ReadAll(places))];
    }

    private List<(string Id, byte[] Bytes)> ValuesOf(Question.Values question) => Page.Take(
        _snapshots.Where(each => each.Key.StartsWith(question.Prefix, StringComparison.Ordinal)
                && string.CompareOrdinal(each.Key, question.After) > 0)
            .OrderBy(each => each.Key, StringComparer.Ordinal)
            .Select(each => (each.Key, file.Read(each.Value.Last().Value.Place))),
        question.MaxBytes,
        each => each.Item2.Length);

    private List<StoredEvent> EventsOf(Question.Events question)
    {
        var stream = StreamOf(question.Id);
        List<EventPlace> page = [];
        long bytes = 0;
        for (var i = stream.IndexOf(question.From); i < stream.Events.Length && page.Count < question.Max; i++)
        {
            var (number, place) = stream.Events[i];
            bytes += place.Length;
            if (number > question.To || (bytes > question.MaxBytes && page.Count > 0))
            {
                break;
            }

            page.Add(stream.Events[i]);
        }

        return [.. page.Zip(file.ReadAll([.. page.Select(each => each.Place)]), (each, read) => new StoredEvent(each.SequenceNr, read))];
    }

    private byte[] Latest(Question.Snapshot question)
    {
        var found = _snapshots.GetValueOrDefault(question.Id, Snapshots.Empty)
            .LastOrDefault(each => question.Bounds.Contains(each.Key, each.Value.Ticks));
        return found.Key == 0 && found.Value == default ? [] : Binary.Write(writer =>
        {
            writer.Write(found.Key);
            writer.Write(found.Value.Ticks);
            writer.WriteBlock(file.Read(found.Value.Place));
        });
    }

    private Place? PlaceOf(TaggedEvent each) => StreamOf(each.Id).Find(each.SequenceNr);

    // The text of an id that the dictionary has. Without this, each event with a tag would have one of its own.
    private string KnownOf(string id) => _streams.TryGetKey(id, out var known) ? known : id;

    private EventStream StreamOf(string id) => _streams.GetValueOrDefault(id, EventStream.Empty);

    private void Set(string id, EventStream stream, EventStream before)
    {
        if (stream.Highest == 0)
        {
            return;
        }

        Digest += stream.Hash(id) - (before.Highest == 0 ? 0 : before.Hash(id));
        EventCount += stream.Events.Length - before.Events.Length;
        _streams = _streams.SetItem(KnownOf(id), stream);
        if (before.Highest == 0)
        {
            _ids.Add(id);
        }
    }

    private void Free(Place place) => file.Free(place);

    private static ulong HashOf(string id, long number, SnapshotPlace snapshot) =>
        StateHash.Mix(StateHash.Mix(StateHash.Extend(2, id), (ulong)number), (ulong)(snapshot.Ticks + snapshot.Place.Length));

    // One segment for each deletion: a turn of the actor stays short, and each frees at least half of a segment.
    private void Compact()
    {
        if (file.Sparse() is not { } segment)
        {
            return;
        }

        List<(Place Before, Place Moved)> moves = [];
        try
        {
            var streams = _streams.Select(each => (each.Key, each.Value, Moved: each.Value.Move(segment, Move)))
                .Where(each => each.Moved != each.Value)
                .Select(each => KeyValuePair.Create(each.Key, each.Moved))
                .ToList();
            var snapshots = _snapshots.Where(each => each.Value.Values.Any(IsThere))
                .Select(each => KeyValuePair.Create(each.Key, each.Value.SetItems(each.Value.Where(one => IsThere(one.Value))
                    .Select(one => KeyValuePair.Create(one.Key, one.Value with { Place = Move(one.Value.Place) })).ToList())))
                .ToList();
            (_streams, _snapshots) = (_streams.SetItems(streams), _snapshots.SetItems(snapshots));
        }
        catch (IOException)
        {
            // The disk is full, so the bytes stay until a later deletion. Without this, the engine would apply the command again, and
            // free the same bytes once more.
            moves.ForEach(each => file.Free(each.Moved));
            return;
        }

        moves.ForEach(each => file.Free(each.Before));

        bool IsThere(SnapshotPlace snapshot) => snapshot.Place.Segment == segment;

        Place Move(Place place)
        {
            var moved = file.Append(file.Read(place));
            moves.Add((place, moved));
            return moved;
        }
    }
}

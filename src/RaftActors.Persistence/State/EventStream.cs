namespace RaftActors.Persistence.State;

/// <summary>
/// The events of one persistence id. A change makes a new one, so a snapshot keeps an old one while it is written. Only the newest one may
/// be changed, because it shares its array with those before.
/// </summary>
internal sealed class EventStream
{
    private readonly EventPlace[] _places;
    private readonly int _start;
    private readonly int _end;

    private EventStream(EventPlace[] places, int start, int end) => (_places, _start, _end) = (places, start, end);

    public static EventStream Empty { get; } = new([], 0, 0);

    /// <summary>The highest sequence number that was ever written. It outlives the deletion of its event.</summary>
    public long Highest { get; private init; }

    /// <summary>The writer of the latest event. Empty: there was none.</summary>
    public string Writer { get; private init; } = "";

    /// <summary>The events that are not deleted, in the order of their sequence numbers.</summary>
    public ReadOnlySpan<EventPlace> Events => _places.AsSpan(_start, _end - _start);

    public ulong Hash(string id)
    {
        var hash = StateHash.Extend(StateHash.Extend(StateHash.Mix(1, (ulong)Highest), id), Writer);
        return StateHash.Mix(StateHash.Mix(hash, (ulong)(_end - _start)), _end > _start ? (ulong)_places[_start].SequenceNr : 0);
    }

    public EventStream Append(string writer, ReadOnlySpan<EventPlace> events)
    {
        var (places, start, end) = (_places, _start, _end);
        if (end + events.Length > places.Length)
        {
            var count = end - start;

            // An eighth of a large one, so that the copies of all its events together stay few.
            places = new EventPlace[Math.Max(count + events.Length, Math.Min(count * 2, count + Math.Max(4096, count / 8)))];
            Events.CopyTo(places);
            (start, end) = (0, count);
        }

        events.CopyTo(places.AsSpan(end));
        return new EventStream(places, start, end + events.Length)
        {
            Highest = events.IsEmpty ? Highest : events[^1].SequenceNr,
            Writer = writer,
        };
    }

    /// <summary>Returns the stream with this highest sequence number, whose events may all be deleted.</summary>
    public EventStream WithHighest(long highest) => new(_places, _start, _end) { Highest = highest, Writer = Writer };

    public EventStream Delete(long to, Action<Place> free)
    {
        var start = _start;
        for (; start < _end && _places[start].SequenceNr <= to; start++)
        {
            free(_places[start].Place);
        }

        // Without the copy, an actor that deletes what it has persisted would keep the room of all its events.
        var count = _end - start;
        return start - _start > count
            ? new EventStream(_places[start.._end], 0, count) { Highest = Highest, Writer = Writer }
            : new EventStream(_places, start, _end) { Highest = Highest, Writer = Writer };
    }

    /// <summary>Moves the events of a segment. Returns this stream if it has none there.</summary>
    public EventStream Move(int segment, Func<Place, Place> move)
    {
        EventPlace[]? places = null;
        for (var i = _start; i < _end; i++)
        {
            if (_places[i].Place.Segment == segment)
            {
                places ??= [.. Events];
                places[i - _start] = _places[i] with { Place = move(_places[i].Place) };
            }
        }

        return places is null ? this : new EventStream(places, 0, places.Length) { Highest = Highest, Writer = Writer };
    }

    /// <summary>Returns where the bytes of an event are. Null: it is deleted.</summary>
    public Place? Find(long sequenceNr) =>
        IndexOf(sequenceNr) is var index && index < Events.Length && Events[index].SequenceNr == sequenceNr ? Events[index].Place : null;

    /// <summary>Returns the place in <see cref="Events"/> of the first event from this sequence number on.</summary>
    public int IndexOf(long from)
    {
        var (low, high) = (0, _end - _start);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = Events[middle].SequenceNr < from ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}

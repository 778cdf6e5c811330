using Akka;
using Akka.Actor;
using Akka.Persistence.Journal;
using Akka.Persistence.Query;
using Akka.Streams.Dsl;
using Akka.Util;

using RaftActors.Persistence.State;

namespace RaftActors.Persistence.Query;

/// <summary>
/// The read journal of Akka.Persistence.Query on raft groups. <c>system.ReadJournalFor&lt;RaftReadJournal&gt;(RaftReadJournal.Identifier)
/// </c> returns it. Thread-safe.
/// <para>
/// A query begins with all events that were acknowledged before it. A <c>Current</c> query ends with them, and another one goes on with
/// later events until it is cancelled. Events are read page by page, by the demand of the stream. A stream fails with a
/// <see cref="RaftException"/> if no node answers within <c>raft-persistence.call-timeout</c>.
/// </para>
/// </summary>
public sealed class RaftReadJournal
    : IPersistenceIdsQuery,
        ICurrentPersistenceIdsQuery,
        IEventsByPersistenceIdQuery,
        ICurrentEventsByPersistenceIdQuery,
        IEventsByTagQuery,
        ICurrentEventsByTagQuery
{
    /// <summary>The place of its configuration.</summary>
    public const string Identifier = "akka.persistence.query.journal.raft";

    private readonly RaftPersistence _persistence;
    private readonly EventAdapters _adapters;
    private readonly IReadOnlyList<RaftShard> _shards;

    internal RaftReadJournal(ExtendedActorSystem system)
        : this(RaftPersistence.Get(system), Akka.Persistence.Persistence.Instance.Apply(system).AdaptersFor(RaftJournal.Identifier), null)
    {
    }

    private RaftReadJournal(RaftPersistence persistence, EventAdapters adapters, RaftShard? shard) =>
        (_persistence, _adapters, _shards) = (persistence, adapters, shard is null ? persistence.Calls.Shards.All : [shard]);

    // The state of a query: the place of the latest item, and the serial of the first and of the latest page.
    private readonly record struct Cursor(long Position, Serial? First, Serial? Latest);

    /// <summary>
    /// Returns the read journal of one group alone. With <c>raft-persistence.shards</c> above 1 the queries by tag need it, because an
    /// offset is a place in one group.
    /// </summary>
    /// <param name="shard">From 0 to <c>raft-persistence.shards</c> - 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such group.</exception>
    public RaftReadJournal OfShard(int shard)
    {
        var all = _persistence.Calls.Shards.All;
        ArgumentOutOfRangeException.ThrowIfNegative(shard);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(shard, all.Count);
        return new RaftReadJournal(_persistence, _adapters, all[shard]);
    }

    /// <summary>Returns the ids with events, in the order of their first events within each group, and then each new one.</summary>
    public Source<string, NotUsed> PersistenceIds() =>
        _shards.Select(shard => Ids(shard, isLive: true)).Aggregate((all, each) => all.Merge(each));

    /// <summary>Returns the ids that have ever had an event, in the order of their first events within each group.</summary>
    public Source<string, NotUsed> CurrentPersistenceIds() =>
        _shards.Select(shard => Ids(shard, isLive: false)).Aggregate((all, each) => all.Concat(each));

    /// <summary>Returns the events of an id that are not deleted. It completes with the event at <paramref name="toSequenceNr"/>.</summary>
    /// <param name="persistenceId">The id.</param>
    /// <param name="fromSequenceNr">The number of the first event.</param>
    /// <param name="toSequenceNr">The number of the last event. <see cref="long.MaxValue"/>: it never completes.</param>
    public Source<EventEnvelope, NotUsed> EventsByPersistenceId(string persistenceId, long fromSequenceNr, long toSequenceNr) =>
        Events(persistenceId, fromSequenceNr, toSequenceNr, isLive: true);

    /// <summary>Returns the present events of an id that are not deleted.</summary>
    /// <param name="persistenceId">The id.</param>
    /// <param name="fromSequenceNr">The number of the first event.</param>
    /// <param name="toSequenceNr">The number of the last event.</param>
    public Source<EventEnvelope, NotUsed> CurrentEventsByPersistenceId(string persistenceId, long fromSequenceNr, long toSequenceNr) =>
        Source.Single(persistenceId)
            .SelectAsync(1, async id => (await _persistence.Calls.AskAsync<long>(new Question.Highest(id)).ConfigureAwait(false)).Answer)
            .ConcatMany(highest => Events(persistenceId, fromSequenceNr, Math.Min(toSequenceNr, highest), isLive: false));

    /// <summary>Returns the events with a tag that are not deleted, in the order of their offsets, and then each new one.</summary>
    /// <param name="tag">The tag, which an event adapter gives by <see cref="Tagged"/>.</param>
    /// <param name="offset">The <see cref="Sequence"/> of an envelope, whose event is not included. <see cref="NoOffset"/>: all.</param>
    /// <exception cref="ArgumentException">The offset is of another kind.</exception>
    /// <exception cref="InvalidOperationException">There are several groups. Call <see cref="OfShard"/>.</exception>
    public Source<EventEnvelope, NotUsed> EventsByTag(string tag, Offset offset) => EventsByTag(tag, offset, isLive: true);

    /// <summary>Returns the present events with a tag that are not deleted, in the order of their offsets.</summary>
    /// <param name="tag">As in <see cref="EventsByTag(string, Offset)"/>.</param>
    /// <param name="offset">As there.</param>
    /// <exception cref="ArgumentException">The offset is of another kind.</exception>
    /// <exception cref="InvalidOperationException">There are several groups. Call <see cref="OfShard"/>.</exception>
    public Source<EventEnvelope, NotUsed> CurrentEventsByTag(string tag, Offset offset) => EventsByTag(tag, offset, isLive: false);

    private Source<string, NotUsed> Ids(RaftShard shard, bool isLive) => Read(
        shard,
        0,
        cursor => new Question.Ids((int)cursor.Position, _persistence.Settings.PageSizeBytes),
        IdPage.Read,
        (position, _) => position + 1,
        isLive);

    private Source<EventEnvelope, NotUsed> Events(string id, long from, long to, bool isLive) => Read(
            _persistence.Calls.Shards.Of(id),
            from,
            cursor => cursor.Position > to
                ? null
                : new Question.Events(id, cursor.Position, to, int.MaxValue, _persistence.Settings.PageSizeBytes),
            EventPage.Read,
            (_, each) => each.SequenceNr + 1,
            isLive)
        .SelectMany(each => Envelopes(new TaggedEvent(each.SequenceNr, id, each.SequenceNr), each.Bytes));

    private Source<EventEnvelope, NotUsed> EventsByTag(string tag, Offset offset, bool isLive)
    {
        if (_shards.Count > 1)
        {
            throw new InvalidOperationException(
                $"The journal has {_shards.Count} groups, and an offset is a place in one of them. Query each by OfShard(0) to "
                    + $"OfShard({_shards.Count - 1}), and keep an offset for each.");
        }

        var after = offset switch
        {
            NoOffset => 0,
            Sequence sequence => sequence.Value,
            _ => throw new ArgumentException(
                $"{offset?.GetType().Name ?? "null"} is no offset of this journal. Pass Offset.NoOffset(), or the offset of an envelope.",
                nameof(offset)),
        };
        return Read(
                _shards[0],
                after,
                cursor => new Question.Tagged(
                    tag,
                    cursor.Position,
                    !isLive && cursor.First is { } first ? EventOffset.LastOf(first) : long.MaxValue,
                    _persistence.Settings.PageSizeBytes),
                TaggedPage.Read,
                (_, each) => each.Event.Offset,
                isLive)
            .SelectMany(each => Envelopes(each.Event, each.Bytes));
    }

    // One question is under way at a time, and the next one follows when the stream has taken the items of the last page.
    private Source<TItem, NotUsed> Read<TItem>(
        RaftShard shard,
        long from,
        Func<Cursor, Question?> ask,
        Func<byte[], IReadOnlyList<TItem>> read,
        Func<long, TItem, long> next,
        bool isLive)
    {
        var wait = (int)(_persistence.Settings.CallTimeout / 2).TotalMilliseconds;
        return Source.UnfoldAsync(new Cursor(from, null, null), async cursor =>
            {
                if (ask(cursor) is not { } question)
                {
                    return Option<(Cursor, IReadOnlyList<TItem>)>.None;
                }

                var (page, serial) = await _persistence.Calls.AskAsync<byte[]>(
                    shard,
                    isLive ? new Question.Wait(question, wait) : question,
                    cursor.Latest is { } latest ? ReadConsistency.NotOlderThan(latest) : null).ConfigureAwait(false);
                var items = read(page);
                return items.Count == 0 && !isLive
                    ? Option<(Cursor, IReadOnlyList<TItem>)>.None
                    : Option<(Cursor, IReadOnlyList<TItem>)>.Create(
                        (new Cursor(items.Aggregate(cursor.Position, next), cursor.First ?? serial, serial), items));
            })
            .SelectMany(items => items);
    }

    private IEnumerable<EventEnvelope> Envelopes(TaggedEvent place, byte[] bytes)
    {
        var each = _persistence.Payloads.Read(place.Id, new StoredEvent(place.SequenceNr, bytes));
        string[] tags = [.. EventTags.Of(bytes)];
        return _adapters.Get(each.Payload.GetType()).FromJournal(each.Payload, each.Manifest).Events.Select(payload =>
            new EventEnvelope(new Sequence(place.Offset), place.Id, place.SequenceNr, payload, each.Timestamp, tags));
    }
}

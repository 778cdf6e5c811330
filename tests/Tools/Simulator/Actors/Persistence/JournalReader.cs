using RaftActors.Persistence;
using RaftActors.Persistence.State;
using RaftActors.Testing.Simulation;

namespace RaftActors.Simulator.Actors.Persistence;

/// <summary>
/// A program that reads the journal as the read journal does, page by page: by tag from the beginning or from its last offset, by id, and
/// the ids. It asks without the streams of Akka.NET, because these continue on the thread pool.
/// </summary>
internal sealed class JournalReader(SimulatedClient client, JournalLedger ledger)
{
    private const int PauseMax = 1500;
    private const int PageSize = 500;

    private readonly RaftPersistence _persistence = RaftPersistence.Get(client.System);
    private long _offset;

    public async Task RunAsync()
    {
        for (var isLast = false; !isLast;)
        {
            await client.Delay(TimeSpan.FromMilliseconds(client.Next(PauseMax)));
            isLast = ledger.IsRead;
            try
            {
                await (client.Next(4) switch
                {
                    0 => ReadIdsAsync(),
                    1 => ReadEventsAsync(ledger.Of(ledger.AnyId)),
                    2 => ReadTaggedAsync(0),
                    _ => ReadTaggedAsync(_offset),
                });
            }
            catch (RaftException)
            {
                // No node has answered in time.
            }
        }

        // Ends only if the questions still have answers.
        await ReadTaggedAsync(0);
    }

    private async Task ReadTaggedAsync(long after)
    {
        var known = ledger.Streams.ToDictionary(stream => stream, stream => (stream.Highest, stream.Deleted));
        var read = await ReadAsync(
            after,
            position => new Question.Tagged(JournalEvent.Tagged, position, long.MaxValue, PageSize),
            TaggedPage.Read,
            (_, each) => each.Event.Offset);
        ledger.Tags.Check(
            [.. read.Select(each => (each.Event, Text: TextOf(each.Event.Id, each.Event.SequenceNr, each.Bytes)))], after, known);
        _offset = Math.Max(_offset, read is [.., var last] ? last.Event.Offset : 0);
    }

    private async Task ReadEventsAsync(JournalStream stream)
    {
        var (highest, deleted) = (stream.Highest, stream.Deleted);
        var read = await ReadAsync(
            0,
            position => new Question.Events(stream.Id, position, long.MaxValue, int.MaxValue, PageSize),
            EventPage.Read,
            (_, each) => each.SequenceNr + 1);
        List<(long Number, JournalEvent Event)> events =
            [.. read.Select(each => (each.SequenceNr, JournalEvent.Parse(TextOf(stream.Id, each.SequenceNr, each.Bytes))))];
        stream.CheckRead(events, 0, Math.Max(highest, events is [.., var last] ? last.Number : 0), deleted);
    }

    private async Task ReadIdsAsync()
    {
        var known = ledger.Streams.Where(stream => stream.Highest > 0).Select(stream => stream.Id).ToList();
        var read = await ReadAsync(0, position => new Question.Ids((int)position, 1), IdPage.Read, (position, _) => position + 1);
        ledger.Demand(
            read.Distinct().Count() == read.Count && known.TrueForAll(read.Contains),
            $"the journal has {string.Join(", ", known)}, and told {string.Join(", ", read)}");
    }

    private async Task<List<T>> ReadAsync<T>(
        long from, Func<long, Question> ask, Func<byte[], IReadOnlyList<T>> read, Func<long, T, long> next)
    {
        List<T> all = [];
        ReadConsistency? consistency = null;
        for (var position = from; ;)
        {
            var (page, serial) = await _persistence.Calls.AskAsync<byte[]>(_persistence.Calls.Shards.All[0], ask(position), consistency);
            var items = read(page);
            if (items.Count == 0)
            {
                return all;
            }

            all.AddRange(items);
            (position, consistency) = (items.Aggregate(position, next), ReadConsistency.NotOlderThan(serial));
        }
    }

    private string TextOf(string id, long number, byte[] bytes) =>
        (string)_persistence.Payloads.Read(id, new StoredEvent(number, bytes)).Payload;
}

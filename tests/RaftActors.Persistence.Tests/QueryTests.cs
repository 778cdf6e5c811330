using Akka.Actor;
using Akka.Persistence;
using Akka.Persistence.Journal;
using Akka.Persistence.Query;
using Akka.Streams;
using Akka.Streams.Dsl;

using RaftActors.Persistence.Query;
using RaftActors.Persistence.State;

namespace RaftActors.Persistence.Tests;

/// <summary>The read journal, with pages of 1 KiB: the cases of the specifications of Akka.Persistence.Query, and its own.</summary>
public sealed class QueryTests(OneNode node) : IClassFixture<OneNode>
{
    private readonly string _id = $"{Guid.NewGuid():N}";
    private readonly string _tag = $"tag-{Guid.NewGuid():N}";
    private readonly string _writer = $"{Guid.NewGuid()}";

    private RaftReadJournal Journal => node.System.ReadJournalFor<RaftReadJournal>(RaftReadJournal.Identifier);

    private ActorMaterializer Materializer => node.System.Materializer();

    [Theory]
    [InlineData(0, long.MaxValue, "1 2 3 4 5")]
    [InlineData(2, 4, "2 3 4")]
    [InlineData(5, 5, "5")]
    [InlineData(6, long.MaxValue, "")]
    public async Task Current_events_of_an_id_are_those_of_the_bounds_in_order(long from, long to, string expected)
    {
        await node.WriteAsync(_id, _writer, 1, 2, 3, 4, 5);

        var events = await AllAsync(Journal.CurrentEventsByPersistenceId(_id, from, to));

        Assert.Equal(expected, string.Join(' ', events.Select(each => each.SequenceNr)));
        Assert.All(events, each => Assert.Equal(($"a-{each.SequenceNr}", _id), (each.Event, each.PersistenceId)));
    }

    [Fact]
    public async Task Current_events_of_an_id_lack_the_deleted_ones()
    {
        await node.WriteAsync(_id, _writer, 1, 2, 3);
        await node.DeleteAsync(_id, 2);

        Assert.Equal([3], (await AllAsync(Journal.CurrentEventsByPersistenceId(_id, 0, long.MaxValue))).Select(each => each.SequenceNr));
    }

    [Fact]
    public async Task Live_events_of_an_id_go_on_over_many_pages_and_end_at_the_last_number()
    {
        await node.WriteAsync(_id, _writer, Enumerable.Range(1, 40).Select(each => (long)each));
        var events = AllAsync(Journal.EventsByPersistenceId(_id, 1, 45));

        await node.WriteAsync(_id, _writer, 41, 42, 43, 44, 45, 46);

        Assert.Equal(Enumerable.Range(1, 45), (await events).Select(each => (int)each.SequenceNr));
    }

    [Fact]
    public async Task Events_of_a_tag_have_their_tags_and_offsets_that_grow_and_go_on_from_any()
    {
        await WriteTaggedAsync(1, 2, 3);
        await node.WriteAsync(_id, _writer, 4);
        await WriteTaggedAsync(5);

        var all = await AllAsync(Journal.CurrentEventsByTag(_tag, Offset.NoOffset()));

        Assert.Equal([1, 2, 3, 5], all.Select(each => each.SequenceNr));
        Assert.Equal(all.OrderBy(each => ((Sequence)each.Offset).Value), all);
        Assert.All(all, each => Assert.Equal(["other", _tag], each.Tags));
        Assert.All(all, each => Assert.Equal($"a-{each.SequenceNr}", each.Event));
        foreach (var (i, each) in all.Index())
        {
            var rest = await AllAsync(Journal.CurrentEventsByTag(_tag, each.Offset));
            Assert.Equal(all.Skip(i + 1).Select(later => later.SequenceNr), rest.Select(later => later.SequenceNr));
        }
    }

    [Fact]
    public async Task Events_of_a_tag_lack_the_deleted_ones_and_keep_their_offsets()
    {
        await WriteTaggedAsync(1, 2, 3);
        var before = await AllAsync(Journal.CurrentEventsByTag(_tag, Offset.NoOffset()));
        await node.DeleteAsync(_id, 2);

        var left = Assert.Single(await AllAsync(Journal.CurrentEventsByTag(_tag, Offset.NoOffset())));

        Assert.Equal((3, before[2].Offset), (left.SequenceNr, left.Offset));
    }

    [Fact]
    public async Task Live_events_of_a_tag_come_when_they_are_written()
    {
        await WriteTaggedAsync(1);
        using var events = Journal.EventsByTag(_tag, Offset.NoOffset()).RunWith(Queue(), Materializer);
        Assert.Equal(1, (await events.NextAsync()).SequenceNr);

        var next = events.NextAsync();
        await node.WriteAsync(_id, _writer, 2);
        await WriteTaggedAsync(3);

        Assert.Equal(3, (await next).SequenceNr);
    }

    // A question waits for half of the timeout here, which is longer than the test.
    [Fact]
    public async Task Live_query_is_told_of_an_event_while_its_question_waits()
    {
        using var folder = new TemporaryFolder();
        var port = FreePorts.Next();
        var system = Node.Start(port, [port], folder, "raft-persistence.call-timeout = 10m");
        var actor = system.ActorOf(Props.Create(() => new Account("alice")));
        await actor.Ask<Account.Saved>("a", Guard);
        using var events = system.ReadJournalFor<RaftReadJournal>(RaftReadJournal.Identifier)
            .EventsByPersistenceId("alice", 1, long.MaxValue).RunWith(Queue(), system.Materializer());
        Assert.Equal("a", (await events.NextAsync()).Event);

        foreach (var text in new[] { "b", "c" })
        {
            var next = events.NextAsync();
            await actor.Ask<Account.Saved>(text, Guard);
            Assert.Equal(text, (await next).Event);
        }

        await system.Terminate();
    }

    // A reader that takes nothing has at most a page of events and the buffers of the stream.
    [Fact]
    public async Task Pages_are_read_by_the_demand_of_the_stream()
    {
        await node.WriteAsync(_id, _writer, Enumerable.Range(1, 200).Select(each => (long)each));
        using var events = Journal.EventsByPersistenceId(_id, 1, long.MaxValue).RunWith(Queue(), Materializer);
        Assert.Equal(1, (await events.NextAsync()).SequenceNr);

        await node.DeleteAsync(_id, 199);

        var seen = 1;
        while ((await events.NextAsync()).SequenceNr < 200)
        {
            seen++;
        }

        Assert.InRange(seen, 1, 60);
    }

    [Fact]
    public async Task Ids_are_those_with_events_and_new_ones_come_once()
    {
        await node.WriteAsync(_id, _writer, 1);
        Assert.Contains(_id, await AllAsync(Journal.CurrentPersistenceIds()));
        var later = $"{Guid.NewGuid():N}";
        var both = AllAsync(Journal.PersistenceIds().Where(id => id == _id || id == later).Take(2));

        await node.WriteAsync(_id, _writer, 2);
        await node.WriteAsync(later, $"{Guid.NewGuid()}", 1);

        Assert.Equal([_id, later], await both);
    }

    [Fact]
    public void Offset_of_another_kind_is_refused_with_those_that_fit()
    {
        var refused = Assert.Throws<ArgumentException>(() => Journal.EventsByTag(_tag, Offset.TimeBasedUuid(Guid.NewGuid())));

        Assert.Contains("Offset.NoOffset()", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tags_of_several_groups_are_queried_group_by_group()
    {
        using var folder = new TemporaryFolder();
        var port = FreePorts.Next();
        var system = Node.Start(port, [port], folder, "raft-persistence.shards = 3");
        var journal = system.ReadJournalFor<RaftReadJournal>(RaftReadJournal.Identifier);
        var refused = Assert.Throws<InvalidOperationException>(() => journal.CurrentEventsByTag("tag", Offset.NoOffset()));
        Assert.Contains("OfShard(2)", refused.Message, StringComparison.Ordinal);
        string[] ids = ["alice", "bob", "carol", "dave"];
        var calls = RaftPersistence.Get(system).Calls;
        foreach (var id in ids)
        {
            var bytes = RaftPersistence.Get(system).Payloads.Write(OneNode.Event(id, 1, new Tagged(id, ["tag"]), _writer)).Bytes;
            await calls.AppendAsync(id, new Command.Write(_writer, true, 0, [new StoredEvent(1, bytes)]), CancellationToken.None);
        }

        var materializer = system.Materializer();
        List<string> found = [];
        for (var shard = 0; shard < 3; shard++)
        {
            var events = await journal.OfShard(shard).CurrentEventsByTag("tag", Offset.NoOffset())
                .RunWith(Sink.Seq<EventEnvelope>(), materializer).WaitAsync(Guard);
            found.AddRange(events.Select(each => each.PersistenceId));
        }

        Assert.Equal(ids, found.Order());
        var all = await journal.CurrentPersistenceIds().RunWith(Sink.Seq<string>(), materializer).WaitAsync(Guard);
        Assert.Equal(ids, all.Order());
        await system.Terminate();
    }

    private static Sink<EventEnvelope, Reader> Queue() => Sink.Queue<EventEnvelope>().WithAttributes(Attributes.CreateInputBuffer(1, 1))
        .MapMaterializedValue(queue => new Reader(queue));

    private Task<IReadOnlyList<object>> WriteTaggedAsync(params IEnumerable<long> numbers) => node.WriteAsync(
        [.. numbers.Select(number => new AtomicWrite(OneNode.Event(_id, number, new Tagged($"a-{number}", [_tag, "other"]), _writer)))]);

    private async Task<IReadOnlyList<T>> AllAsync<T>(Source<T, Akka.NotUsed> source) =>
        await source.RunWith(Sink.Seq<T>(), Materializer).WaitAsync(Guard);

    private sealed class Reader(ISinkQueue<EventEnvelope> queue) : IDisposable
    {
        public async Task<EventEnvelope> NextAsync() => (await queue.PullAsync().WaitAsync(Guard)).Value;

        // The stream ends with the materializer of its system.
        public void Dispose() => _ = queue.PullAsync();
    }
}

using Akka.Persistence.Journal;

using RaftActors.Persistence.Plugins;
using RaftActors.Persistence.State;

namespace RaftActors.Persistence.Tests;

/// <summary>What Akka.Persistence asks of a journal: the cases of its JournalSpec, and those of this journal.</summary>
public sealed class JournalTests(OneNode node) : IClassFixture<OneNode>
{
    private readonly string _id = $"{Guid.NewGuid():N}";
    private readonly string _writer = $"{Guid.NewGuid()}";

    [Theory]
    [InlineData(1, long.MaxValue, long.MaxValue, "1 2 3 4 5")]
    [InlineData(0, long.MaxValue, long.MaxValue, "1 2 3 4 5")]
    [InlineData(3, long.MaxValue, long.MaxValue, "3 4 5")]
    [InlineData(1, 3, long.MaxValue, "1 2 3")]
    [InlineData(1, long.MaxValue, 3, "1 2 3")]
    [InlineData(2, 3, long.MaxValue, "2 3")]
    [InlineData(2, 5, 2, "2 3")]
    [InlineData(2, 2, long.MaxValue, "2")]
    [InlineData(2, 4, 1, "2")]
    [InlineData(2, 4, 0, "")]
    [InlineData(3, 2, long.MaxValue, "")]
    [InlineData(6, long.MaxValue, long.MaxValue, "")]
    public async Task Replay_has_the_events_of_its_bounds_in_order(long from, long to, long max, string expected)
    {
        await node.WriteAsync(_id, _writer, 1, 2, 3);
        await node.WriteAsync(OneNode.Together(OneNode.Event(_id, 4, "a-4", _writer), OneNode.Event(_id, 5, "a-5", _writer)));

        var (events, highest) = await node.ReplayAsync(_id, from, to, max);

        Assert.Equal(expected, string.Join(' ', events.Select(each => each.SequenceNr)));
        Assert.All(events, each => Assert.Equal(
            ($"a-{each.SequenceNr}", _id, _writer), (each.Payload, each.PersistenceId, each.WriterGuid)));
        Assert.Equal(5, highest);
    }

    [Fact]
    public async Task Unknown_id_has_no_events_and_the_highest_number_0()
    {
        var (events, highest) = await node.ReplayAsync(_id, 0);

        Assert.Empty(events);
        Assert.Equal(0, highest);
    }

    [Fact]
    public async Task Replay_of_many_pages_has_each_event_once()
    {
        var numbers = Enumerable.Range(1, 300).Select(each => (long)each).ToList();
        await node.WriteAsync(_id, _writer, numbers);

        Assert.Equal(numbers, (await node.ReplayAsync(_id)).Events.Select(each => each.SequenceNr));
    }

    [Fact]
    public async Task Writes_are_answered_in_order_with_their_events()
    {
        var answers = await node.WriteAsync(_id, _writer, 1, 2, 3);

        Assert.Equal([1, 2, 3], answers.Select(each => Assert.IsType<WriteMessageSuccess>(each).Persistent.SequenceNr));
    }

    [Fact]
    public async Task Deleted_events_are_not_replayed_and_the_highest_number_stays()
    {
        await node.WriteAsync(_id, _writer, 1, 2, 3, 4, 5);

        Assert.Equal(3, (await node.DeleteAsync(_id, 3)).ToSequenceNr);
        var (events, highest) = await node.ReplayAsync(_id);
        Assert.Equal([4, 5], events.Select(each => each.SequenceNr));
        Assert.Equal(5, highest);

        await node.DeleteAsync(_id, long.MaxValue);
        (events, highest) = await node.ReplayAsync(_id);
        Assert.Empty(events);
        Assert.Equal(5, highest);
        Assert.IsType<WriteMessageSuccess>(Assert.Single(await node.WriteAsync(_id, _writer, 6)));
    }

    [Fact]
    public async Task Event_that_cannot_be_serialized_is_rejected_alone()
    {
        AtomicWrite[] writes =
        [
            new(OneNode.Event(_id, 1, "b-1", _writer)),
            new(OneNode.Event(_id, 2, new Unwritable(), _writer)),
            new(OneNode.Event(_id, 3, "b-3", _writer)),
        ];

        var answers = await node.WriteAsync(writes);

        Assert.Equal(
            [typeof(WriteMessageSuccess), typeof(WriteMessageRejected), typeof(WriteMessageSuccess)],
            answers.Select(each => each.GetType()));
        Assert.Equal(["b-1", "b-3"], await node.TextsAsync(_id));
        Assert.IsType<WriteMessageSuccess>(Assert.Single(await node.WriteAsync(_id, _writer, 4)));
    }

    [Fact]
    public async Task Event_keeps_its_type_manifest_time_and_the_reference_to_an_actor()
    {
        var actor = node.System.DeadLetters;
        var written = new Persistent(new Wire(7, "x"), 1, _id, "v2", isDeleted: false, ActorRefs.NoSender, _writer);

        await node.WriteAsync(new AtomicWrite(written), new AtomicWrite(OneNode.Event(_id, 2, actor, _writer)));
        var (events, _) = await node.ReplayAsync(_id);

        Assert.Equal((new Wire(7, "x"), "v2"), (events[0].Payload, events[0].Manifest));
        Assert.InRange(events[0].Timestamp, 1, DateTime.MaxValue.Ticks);
        Assert.Equal(actor.Path, ((IActorRef)events[1].Payload).Path);
    }

    [Fact]
    public async Task Tagged_event_is_replayed_without_its_tags()
    {
        await node.WriteAsync(new AtomicWrite(OneNode.Event(_id, 1, new Tagged("green", ["plant"]), _writer)));

        Assert.Equal(["green"], await node.TextsAsync(_id));
    }

    [Fact]
    public async Task Write_of_a_writer_that_has_not_seen_the_latest_event_fails_for_good()
    {
        var other = $"{Guid.NewGuid()}";
        await node.WriteAsync(_id, _writer, 1, 2);
        await node.WriteAsync(_id, other, 3);

        foreach (var number in new[] { 3, 4, 5 })
        {
            var failed = Assert.IsType<WriteMessageFailure>(Assert.Single(await node.WriteAsync(_id, _writer, number)));
            Assert.IsType<StaleWriterException>(failed.Cause);
        }

        Assert.Equal(["a-1", "a-2", "a-3"], await node.TextsAsync(_id));
        Assert.Equal(other, (await node.ReplayAsync(_id)).Events[2].WriterGuid);
    }

    // As after rejected events, and a snapshot of the state behind them.
    [Fact]
    public async Task Actor_that_recovered_a_higher_number_than_the_journal_has_goes_on_from_it()
    {
        await node.WriteAsync(_id, _writer, 1);

        Assert.IsType<WriteMessageSuccess>(Assert.Single(await node.WriteAsync(_id, $"{Guid.NewGuid()}", 6)));
        Assert.IsType<WriteMessageFailure>(Assert.Single(await node.WriteAsync(_id, $"{Guid.NewGuid()}", 6)));
        Assert.Equal(6, (await node.ReplayAsync(_id)).Highest);
    }

    [Fact]
    public async Task Stale_batch_fails_as_a_whole()
    {
        await node.WriteAsync(_id, _writer, 1, 2, 3);

        var answers = await node.WriteAsync(_id, $"{Guid.NewGuid()}", 3, 4, 5);

        Assert.Equal(3, answers.OfType<WriteMessageFailure>().Count());
        Assert.Equal(3, (await node.ReplayAsync(_id)).Highest);
    }

    [Fact]
    public async Task Write_above_the_size_is_rejected_with_the_setting()
    {
        AtomicWrite write = new(OneNode.Event(_id, 1, new string('x', 2 * 1024 * 1024), _writer));

        var rejected = Assert.IsType<WriteMessageRejected>(Assert.Single(await node.WriteAsync(write)));

        Assert.Contains("raft-persistence.write-size-max", rejected.Cause.Message, StringComparison.Ordinal);
        Assert.IsType<WriteMessageSuccess>(Assert.Single(await node.WriteAsync(_id, _writer, 2)));
    }

    [Fact]
    public async Task Writes_that_do_not_fit_into_one_pair_become_several()
    {
        var numbers = Enumerable.Range(1, 4).Select(each => (long)each).ToList();

        var answers = await node.WriteAsync(
            [.. numbers.Select(number => new AtomicWrite(OneNode.Event(_id, number, new string('x', 600_000), _writer)))]);

        Assert.All(answers, each => Assert.IsType<WriteMessageSuccess>(each));
        Assert.Equal(numbers, (await node.ReplayAsync(_id)).Events.Select(each => each.SequenceNr));
    }

    // The client of the calls repeats an Append by its own number. This is a second call, as after an unknown outcome.
    [Fact]
    public async Task Write_that_is_sent_again_is_applied_once()
    {
        var calls = node.Persistence.Calls;
        Command.Write write = new(_writer, IsFirst: true, After: 0, [new StoredEvent(1, [1]), new StoredEvent(2, [2])]);

        var first = await calls.AppendAsync(_id, write, CancellationToken.None);
        var second = await calls.AppendAsync(_id, write, CancellationToken.None);

        Assert.Equal((JournalState.Done, JournalState.Done), (first, second));
        var (page, _) = await calls.AskAsync<byte[]>(new Question.Events(_id, 1, 9, 9, 9));
        Assert.Equal([1, 2], EventPage.Read(page).Select(each => each.SequenceNr));
    }

    // Akka.NET counts failures. After ten of them in a row, its circuit breaker would fail all actors of the node.
    [Fact]
    public async Task Many_stale_writes_do_not_stop_other_actors()
    {
        await node.WriteAsync(_id, _writer, 1);
        foreach (var _ in Enumerable.Range(0, 12))
        {
            Assert.IsType<WriteMessageFailure>(Assert.Single(await node.WriteAsync(_id, $"{Guid.NewGuid()}", 1)));
        }

        Assert.IsType<WriteMessageSuccess>(Assert.Single(await node.WriteAsync(_id, _writer, 2)));
    }

    // As a program writes that copies events from another journal.
    [Fact]
    public async Task Writes_without_the_id_of_a_writer_are_of_different_writers()
    {
        await node.WriteAsync(_id, "", 1, 2);

        Assert.IsType<WriteMessageSuccess>(Assert.Single(await node.WriteAsync($"{_id}-other", "", 1)));
        Assert.IsType<WriteMessageFailure>(Assert.Single(await node.WriteAsync(_id, "", 2)));
        Assert.IsType<WriteMessageSuccess>(Assert.Single(await node.WriteAsync(_id, "", 3)));
    }

    [Fact]
    public async Task Event_whose_serializer_gives_no_manifest_is_replayed()
    {
        await node.WriteAsync(new AtomicWrite(OneNode.Event(_id, 1, new WithoutManifest(), _writer)));

        Assert.IsType<WithoutManifest>(Assert.Single((await node.ReplayAsync(_id)).Events).Payload);
    }

    public sealed record Wire(int Number, string Text);

    // Its property throws when JSON reads it.
    private sealed class Unwritable
    {
        public string Text => throw new NotSupportedException("It cannot be written.");
    }
}

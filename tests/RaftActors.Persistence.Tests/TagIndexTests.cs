using System.Text;

using RaftActors.Persistence.State;

namespace RaftActors.Persistence.Tests;

/// <summary>The tags in the replicated state, without a group.</summary>
public sealed class TagIndexTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly EventFile _file;
    private readonly JournalState _state;

    public TagIndexTests()
    {
        _file = new EventFile(_folder["first"]);
        _state = new JournalState(_file);
    }

    public void Dispose()
    {
        _file.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task State_from_a_snapshot_has_the_same_tags_offsets_and_order_of_ids()
    {
        Write(_state, "b", 7, "red", 1, 2);
        Write(_state, "a", 8, "blue", 1);
        Write(_state, "c", 9, "red", 1);
        _state.Apply("b", new Command.DeleteEvents(1));
        using MemoryStream image = new();
        await _state.ToWriter()(image, CancellationToken.None);
        image.Position = 0;
        using var file = new EventFile(_folder["second"]);
        JournalState restored = new(file);

        restored.Restore(image);

        Assert.Equal(Red(_state), Red(restored));
        Assert.Equal(2, Red(restored).Count);
        Assert.Equal(["b", "a", "c"], IdPage.Read((byte[])restored.Answer(new Question.Ids(0, 100))));
    }

    [Fact]
    public void Pair_of_a_later_serial_has_higher_offsets_however_many_events_each_has()
    {
        Write(_state, "a", 1, "red", Enumerable.Range(1, 1000));
        Write(_state, "b", 2, "red", 1);

        var offsets = Red(_state).Select(each => each.Offset).ToList();

        Assert.Equal(1001, offsets.Distinct().Count());
        Assert.Equal(offsets.Order(), offsets);
        Assert.InRange(offsets[999], 0, EventOffset.LastOf(new Serial(1)));
        Assert.InRange(offsets[1000], EventOffset.LastOf(new Serial(1)) + 1, EventOffset.LastOf(new Serial(2)));
    }

    [Fact]
    public void Events_of_a_batch_have_offsets_in_its_order()
    {
        _state.Apply("a", new Command.Batch([("a", Tagged("a", "red", 1, 2)), ("b", Tagged("b", "red", 1))]), new Serial(3));

        Assert.Equal(
            [("a", 1, 0), ("a", 2, 1), ("b", 1, 2)],
            Red(_state).Select(each => (each.Id, (int)each.SequenceNr, (int)(each.Offset - EventOffset.Of(new Serial(3), 0)))));
    }

    [Fact]
    public void Index_forgets_deleted_events()
    {
        TagIndex index = new();
        for (var i = 1; i <= 10_000; i++)
        {
            index.Add($"tag-{i % 10}", new TaggedEvent(i, "a", i));
        }

        for (var i = 1; i <= 10_000; i++)
        {
            index.OnDeleted(1, each => each.SequenceNr > i);

            // Twice as many entries as there are events, and those before the next sweep.
            Assert.InRange(index.Count, 10_000 - i, Math.Max(2 * (10_000 - i), 0) + TagIndex.SweepMin);
        }
    }

    [Fact]
    public void Entries_that_a_snapshot_reads_do_not_change()
    {
        TagIndex index = new();
        index.Add("red", new TaggedEvent(1, "a", 1));
        index.Add("red", new TaggedEvent(2, "a", 2));
        var image = Assert.Single(index.ToImage()).Events;

        index.OnDeleted(TagIndex.SweepMin, each => each.Offset > 1);
        index.Add("red", new TaggedEvent(3, "a", 3));

        Assert.Equal([1, 2], image.ToArray().Select(each => each.Offset));
    }

    [Theory]
    [InlineData(new byte[0])]
    [InlineData(new byte[] { 1 })]
    [InlineData(new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, 0xFF })]
    [InlineData(new byte[] { 0, 1, 2, 3, 4, 5, 6, 7, 8, 0, 9, 9, 9, 9, 3, 65 })]
    public void Bytes_of_another_form_have_no_tags(byte[] bytes) => Assert.Empty(EventTags.Of(bytes));

    private static void Write(JournalState state, string id, long serial, string tag, params IEnumerable<int> numbers) =>
        state.Apply(id, Tagged(id, tag, numbers), new Serial(serial));

    private static Command.Write Tagged(string id, string tag, params IEnumerable<int> numbers) =>
        new("w", true, 0, [.. numbers.Select(number => new StoredEvent(number, Binary.Write(writer =>
        {
            writer.Write("w");
            writer.Write(0L);
            writer.Write("");
            writer.Write(1);
            writer.Write(tag);
            writer.Write(Encoding.UTF8.GetBytes($"{id}-{number}"));
        })))]);

    private static IReadOnlyList<TaggedEvent> Red(JournalState state) =>
        [.. TaggedPage.Read((byte[])state.Answer(new Question.Tagged("red", 0, long.MaxValue, int.MaxValue))).Select(each => each.Event)];
}

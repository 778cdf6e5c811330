using System.Text;

using RaftActors.Persistence.State;

namespace RaftActors.Persistence.Tests;

/// <summary>The replicated state, without a group.</summary>
public sealed class JournalStateTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly EventFile _file;
    private readonly JournalState _state;

    public JournalStateTests() => (_file, _state) = Create("first");

    public void Dispose()
    {
        _file.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Write_after_another_number_than_the_highest_is_refused()
    {
        Assert.Equal("", _state.Apply("a", Write("w", 0, 1, 2)));

        Assert.NotEqual("", _state.Apply("a", Write("v", 1, 2)));
        Assert.NotEqual("", _state.Apply("a", Write("w", 3, 4) with { IsFirst = false }));
        Assert.Equal("", _state.Apply("a", Write("w", 2, 3) with { IsFirst = false }));
        Assert.Equal([1, 2, 3], NumbersOf(_state, "a"));
    }

    // A restored backup has lower numbers than a writer that lives on. The numbers of another one reach those that it had.
    [Fact]
    public void Writer_that_was_replaced_is_refused_even_at_the_number_that_it_knows()
    {
        _state.Apply("a", Write("new", 0, 1, 2, 3));

        Assert.NotEqual("", _state.Apply("a", Write("old", 3, 4) with { IsFirst = false }));
        Assert.Equal("", _state.Apply("a", Write("newer", 3, 4)));
    }

    [Fact]
    public void Repeat_of_the_latest_write_is_done_and_changes_nothing()
    {
        _state.Apply("a", Write("w", 0, 1, 2));
        var digest = _state.Digest;

        Assert.Equal("", _state.Apply("a", Write("w", 0, 1, 2)));
        Assert.Equal("", _state.Apply("a", Write("w", 1, 2) with { IsFirst = false }));

        Assert.Equal((digest, 2), (_state.Digest, _state.EventCount));
    }

    [Fact]
    public void Refused_write_of_a_batch_leaves_the_others_and_no_bytes()
    {
        _state.Apply("b", Write("other", 0, 1));
        Command.Batch batch = new([("a", Write("w", 0, 1, 2)), ("b", Write("w", 0, 1)), ("c", Write("w", 0, 1))]);

        var results = JournalState.ResultsOf(_state.Apply("a", batch), 3);

        Assert.Equal(["", "'b'", ""], results.Select(each => each.Split(' ')[0]));
        Assert.Equal([1, 2], NumbersOf(_state, "a"));
        Assert.Equal([1], NumbersOf(_state, "c"));
        Assert.Equal(EventsOf(_state, "a").Concat(EventsOf(_state, "b")).Concat(EventsOf(_state, "c")).Sum(each => each.Bytes.Length),
            _state.Bytes);
    }

    [Fact]
    public void Repeat_of_a_batch_is_done_and_changes_nothing()
    {
        Command.Batch batch = new([("a", Write("w", 0, 1, 2)), ("b", Write("v", 0, 1))]);
        _state.Apply("a", batch);
        var digest = _state.Digest;

        Assert.Equal("", _state.Apply("a", batch));

        Assert.Equal((digest, 3, 3), (_state.Digest, _state.EventCount, EventsOf(_state, "a").Concat(EventsOf(_state, "b")).Count()));
    }

    [Fact]
    public async Task State_from_a_snapshot_has_the_same_events_snapshots_numbers_and_digest()
    {
        Fill(_state);
        var (file, restored) = Create("second");
        using var _ = file;

        restored.Restore(await ImageOf(_state.ToWriter()));

        Assert.Equal(
            (_state.Digest, _state.EventCount, _state.Bytes), (restored.Digest, restored.EventCount, restored.Bytes));
        Assert.Equal([3L], NumbersOf(restored, "a"));
        Assert.Equal((3L, 9L, 0L), (HighestOf(restored, "a"), HighestOf(restored, "emptied"), HighestOf(restored, "unknown")));
        Assert.Equal(_state.Answer(Latest("a")), restored.Answer(Latest("a")));
        Assert.NotEqual("", restored.Apply("a", Write("w2", 3, 4) with { IsFirst = false }));
        Assert.Equal("", restored.Apply("a", Write("w", 3, 4) with { IsFirst = false }));
    }

    [Fact]
    public async Task Snapshot_has_the_state_of_its_moment_although_the_events_are_deleted_and_moved_meanwhile()
    {
        Fill(_state);
        var (digest, writer) = (_state.Digest, _state.ToWriter());
        _state.Apply("a", new Command.DeleteEvents(3));
        _state.Apply("b", new Command.DeleteEvents(9));
        _state.Apply("a", new Command.DeleteSnapshots(Latest("a").Bounds));
        FillSegments(3);
        foreach (var id in Enumerable.Range(0, 3))
        {
            _state.Apply($"big-{id}", new Command.DeleteEvents(16));
        }

        var (file, restored) = Create("second");
        using var _ = file;

        restored.Restore(await ImageOf(writer));

        Assert.Equal(digest, restored.Digest);
        Assert.Equal([3L], NumbersOf(restored, "a"));
    }

    [Fact]
    public void Deleted_events_free_the_disk_and_the_others_keep_their_bytes()
    {
        FillSegments(6);
        var before = _file.FileBytes;

        // Each id keeps its last event, so no segment is without live bytes.
        foreach (var id in Enumerable.Range(0, 6))
        {
            _state.Apply($"big-{id}", new Command.DeleteEvents(15));
        }

        Assert.InRange(_file.FileBytes, 0, before / 2);
        foreach (var id in Enumerable.Range(0, 6))
        {
            var only = Assert.Single(EventsOf(_state, $"big-{id}"));
            Assert.Equal((16, (byte)16), (only.SequenceNr, only.Bytes[0]));
        }
    }

    // The next segment is not created, because its folder is not there.
    [Fact]
    public void Disk_that_is_full_while_a_segment_is_emptied_loses_no_event()
    {
        var size = EventFile.SegmentSizeBytes / 16;
        foreach (var number in Enumerable.Range(1, 16))
        {
            Add(number % 3 == 0 ? "kept" : "deleted", number, size);
        }

        Add("full", 1, size * 13);
        Directory.Delete(_folder["first"], recursive: true);
        _state.Apply("deleted", new Command.DeleteEvents(16));
        var (bytes, files) = (_state.Bytes, _file.FileBytes);
        Directory.CreateDirectory(_folder["first"]);

        // The next deletion empties the segment.
        _state.Apply("other", Write("w", 0, 1));
        _state.Apply("other", new Command.DeleteEvents(1));

        Assert.Equal([3, 6, 9, 12, 15], EventsOf(_state, "kept").Select(each => each.Bytes[0]));
        Assert.Equal([1], NumbersOf(_state, "full"));
        Assert.Equal((size * 18L, size * 18L), (bytes, _state.Bytes));
        Assert.InRange(_file.FileBytes, 0, files - EventFile.SegmentSizeBytes + (size * 6));
    }

    // Its bytes were freed while it was still written to.
    [Fact]
    public void Full_segment_without_live_bytes_is_deleted()
    {
        foreach (var number in Enumerable.Range(1, 5))
        {
            var bytes = new byte[EventFile.SegmentSizeBytes / 4 * 3];
            _state.Apply("a", new Command.Write("w", number == 1, number - 1, [new StoredEvent(number, bytes)]));
            _state.Apply("a", new Command.DeleteEvents(number));
        }

        Assert.InRange(_file.FileBytes, 0, EventFile.SegmentSizeBytes);
    }

    [Fact]
    public void Temporary_files_do_not_outlive_a_killed_process()
    {
        using var file = new EventFile(directory: null);
        var place = file.Append([1, 2, 3]);

        Assert.Equal([1, 2, 3], file.Read(place));
        Assert.True(OperatingSystem.IsWindows() || Directory.GetFiles(file.Folder).Length == 0);
    }

    // Of the gaps between them one is small, one large, and one behind an event that is before.
    [Fact]
    public void Events_that_are_read_at_once_have_their_own_bytes()
    {
        var places = Enumerable.Range(1, 400).Select(i => _file.Append(Enumerable.Repeat((byte)i, i * 3).ToArray())).ToList();
        List<Place> asked = [.. places[..10], .. places[12..100], .. places[300..], places[200], places[0]];

        var read = _file.ReadAll(asked);

        Assert.Equal(asked.Select(_file.Read), read);
    }

    [Fact]
    public void Files_of_an_earlier_life_are_deleted()
    {
        var left = _folder["first/left.events"];
        File.WriteAllText(left, "events of a killed process");

        using var file = new EventFile(_folder["first"]);

        Assert.False(File.Exists(left));
    }

    [Theory]
    [InlineData(0, 100, false, "")]
    [InlineData(1, 100, false, "events-max is 10")]
    [InlineData(0, 101, false, "size-max is 1000")]
    [InlineData(-1, 50, true, "")]
    [InlineData(0, 50, true, "events-max is 10")]
    [InlineData(-1, 51, true, "size-max is 1000")]
    public void Group_refuses_what_exceeds_its_bounds(int events, int bytes, bool isBatch, string expected)
    {
        var settings = Settings.PersistenceSettings.Read(RaftPersistence.DefaultConfig().WithFallback(Raft.DefaultConfig())) with
        {
            EventsMax = 10,
            SizeMaxBytes = 1000,
        };
        Command.Write write = new("w", true, 0, [new StoredEvent(1, new byte[bytes])]);
        Command command = isBatch ? new Command.Batch([("a", write), ("b", write)]) : write;

        var fault = Group.JournalActor.FindExcess(settings, 9 + events, 900, command);

        Assert.Contains(expected, fault ?? "", StringComparison.Ordinal);
        Assert.Equal(expected.Length == 0, fault is null);
        Assert.Null(Group.JournalActor.FindExcess(settings, 99, 9999, new Command.DeleteEvents(1)));
    }

    [Fact]
    public void Writes_without_the_id_of_a_writer_are_no_repeats()
    {
        Assert.Equal("", _state.Apply("a", Write("", 0, 1)));

        Assert.NotEqual("", _state.Apply("a", Write("", 0, 1)));
    }

    private static Command.Write Write(string writer, long after, params IEnumerable<long> numbers) =>
        new(writer, IsFirst: true, after, [.. numbers.Select(number => new StoredEvent(number, [(byte)number, 7]))]);

    private static Question.Snapshot Latest(string id) => new(id, new SnapshotBounds(0, long.MaxValue, 0, long.MaxValue));

    private static IReadOnlyList<StoredEvent> EventsOf(JournalState state, string id) =>
        EventPage.Read((byte[])state.Answer(new Question.Events(id, 0, long.MaxValue, int.MaxValue, int.MaxValue)));

    private static IEnumerable<long> NumbersOf(JournalState state, string id) => EventsOf(state, id).Select(each => each.SequenceNr);

    private static long HighestOf(JournalState state, string id) => (long)state.Answer(new Question.Highest(id));

    private static void Fill(JournalState state)
    {
        state.Apply("a", Write("w", 0, 1, 2, 3));
        state.Apply("a", new Command.DeleteEvents(2));
        state.Apply("b", Write("w", 0, 1));
        state.Apply("emptied", Write("w", 0, 9));
        state.Apply("emptied", new Command.DeleteEvents(long.MaxValue));
        state.Apply("a", new Command.SaveSnapshot(new StoredSnapshot(2, 5, Encoding.UTF8.GetBytes("state of 2"))));
    }

    private static async Task<MemoryStream> ImageOf(StateWriter write)
    {
        MemoryStream image = new();
        await write(image, CancellationToken.None);
        image.Position = 0;
        return image;
    }

    private void Add(string id, int number, int size)
    {
        var bytes = new byte[size];
        bytes[0] = (byte)number;
        Assert.Equal("", _state.Apply(id, new Command.Write($"{number}", true, number - 1, [new StoredEvent(number, bytes)])));
    }

    // A segment is full with the sixteen events of one id.
    private void FillSegments(int count)
    {
        for (var id = 0; id < count; id++)
        {
            _state.Apply($"big-{id}", new Command.Write("w", true, 0, [.. Enumerable.Range(1, 16).Select(number =>
            {
                var bytes = new byte[EventFile.SegmentSizeBytes / 16];
                bytes[0] = (byte)number;
                return new StoredEvent(number, bytes);
            })]));
        }
    }

    private (EventFile File, JournalState State) Create(string folder)
    {
        EventFile file = new(_folder[folder]);
        return (file, new JournalState(file));
    }
}

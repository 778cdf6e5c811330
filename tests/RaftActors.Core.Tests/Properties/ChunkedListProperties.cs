using FsCheck;
using FsCheck.Fluent;

namespace RaftActors.Core.Tests.Properties;

/// <summary>A list in chunks, compared with a list of the framework. The chunks are short, so that the list spans many.</summary>
public sealed class ChunkedListProperties
{
    private const int ChunkLength = 4;

    private static Arbitrary<(int Kind, int At)[]> Actions =>
        (from kind in Gen.Choose(0, 9) from at in Gen.Choose(0, 99) select (kind, at)).ArrayOf(200).ToArbitrary();

    [Fact]
    public void A_list_in_chunks_agrees_with_a_list()
    {
        Prop.ForAll(Actions, actions =>
        {
            var pair = new Pair();
            return actions.All(action =>
            {
                pair.Do(action.Kind, action.At);
                return pair.Agree();
            });
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void A_part_of_a_slice_shows_the_same_entries_in_every_way()
    {
        Prop.ForAll(Actions, Gen.Choose(0, 99).Two().ToArbitrary(), (actions, cut) =>
        {
            var pair = new Pair();
            foreach (var (kind, at) in actions)
            {
                pair.Do(kind, at);
            }

            var (slice, list) = (pair.Slice(), pair.Entries);
            var first = cut.Item1 % (list.Count + 1);
            var count = cut.Item2 % (list.Count - first + 1);
            var (part, expected) = (slice.Skip(first).Take(count), list.GetRange(first, count));
            var walked = new List<LogEntry>();
            foreach (ref readonly var entry in part)
            {
                walked.Add(entry);
            }

            var (before, after) = (slice.Take(first), slice.Skip(first));
            return walked.SequenceEqual(expected)
                && part.SequenceEqual(expected)
                && slice.Drop(first).SequenceEqual(after)
                && LogSlice.Join(before, after).IsSameView(slice)
                && LogSlice.Join([.. before], after).SequenceEqual(list)
                && LogSlice.Join(before, [.. after]).SequenceEqual(list)
                && Enumerable.Range(0, count).All(place => part[place] == expected[place]);
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(2)]
    public void A_place_outside_of_a_slice_is_refused(int place)
    {
        var slice = LogSlice.Of([Entry(1), Entry(2), Entry(3)]).Take(2);

        Assert.Throws<ArgumentOutOfRangeException>(() => slice[place]);
        Assert.Throws<ArgumentOutOfRangeException>(() => slice.Skip(place < 0 ? place : 3));
    }

    [Fact]
    public void A_long_list_is_never_copied()
    {
        const int Items = 200_000;
        var list = new ChunkedList<long>();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Items; i++)
        {
            list.Add(i);
        }

        // A begun chunk, the smaller first chunks, and what the runtime allocates besides. A doubling array would take twice the items.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, Items * sizeof(long), Items * sizeof(long) * 3 / 2);
    }

    [Fact]
    public void A_binary_search_counts_the_items_below_a_limit()
    {
        var list = new ChunkedList<long>(ChunkLength);
        for (var count = 0; count <= 3 * ChunkLength; count++)
        {
            for (var limit = 0; limit <= count + 1; limit++)
            {
                Assert.Equal(Math.Min(limit, count), list.CountWhile(limit, static (item, limit) => item < limit));
            }

            list.Add(count);
        }
    }

    [Fact]
    public void A_short_list_is_small()
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var list = new ChunkedList<long>();
        list.Add(1);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 1, 512);
    }

    private static LogEntry Entry(int value) => new(new LogIndex(value), new Term(1), Serial.Zero, Payload.NoOp.Instance);

    /// <summary>The two lists; each action applies to both.</summary>
    private sealed class Pair
    {
        private readonly ChunkedList<LogEntry> _chunked = new(ChunkLength);
        private int _value;

        public List<LogEntry> Entries { get; } = [];

        public LogSlice Slice() => LogSlice.Of(_chunked, 0, _chunked.Count);

        public void Do(int kind, int at)
        {
            switch (kind)
            {
                case <= 5:
                    Entries.Add(Entry(++_value));
                    _chunked.Add(Entries[^1]);
                    break;
                case 6:
                    var last = at % (Entries.Count + 1);
                    Entries.RemoveRange(Entries.Count - last, last);
                    _chunked.RemoveLast(last);
                    break;
                case 9 when at == 0:
                    Entries.Clear();
                    _chunked.Clear();
                    break;
                default:
                    var first = at % (Math.Min(Entries.Count, 2 * ChunkLength) + 1);
                    Entries.RemoveRange(0, first);
                    _chunked.RemoveFirst(first);
                    break;
            }
        }

        public bool Agree() =>
            _chunked.Count == Entries.Count
            && Enumerable.Range(0, Entries.Count).All(place => _chunked[place] == Entries[place]);
    }
}

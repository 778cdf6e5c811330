using System.Runtime.InteropServices;

namespace RaftActors.Core.Tests.Codec;

public sealed class ValueSlabTests
{
    private static readonly Member Raft1 = new(new ProcessName("raft1@node1"), new Incarnation(new Guid(1, 0, 0, new byte[8])));
    private static readonly Member Raft2 = new(new ProcessName("raft2@node2"), new Incarnation(new Guid(2, 0, 0, new byte[8])));

    private readonly ValueSlab _slab = new();

    [Fact]
    public void Values_share_blocks_that_the_collector_never_moves()
    {
        var held = Enumerable.Range(0, 10_000).Select(i => _slab.Hold(Enumerable.Repeat((byte)i, 100).ToArray())).ToList();

        Assert.All(held.Select((value, i) => (value, i)), each => Assert.All(each.value.ToArray(), one => Assert.Equal((byte)each.i, one)));
        Assert.InRange(held.Select(BlockOf).Distinct().Count(), 8, 14);
        Assert.Equal(GC.MaxGeneration, GC.GetGeneration(BlockOf(held[^1])));
    }

    [Fact]
    public void A_quiet_process_has_a_small_block() => Assert.InRange(BlockOf(_slab.Hold(new byte[10])).Length, 10, 4096);

    [Fact]
    public void A_large_value_is_copied_only_out_of_a_larger_array()
    {
        var own = new byte[50_000];
        var part = new byte[100_000].AsMemory(1, 50_000);

        Assert.Same(own, BlockOf(_slab.Hold(own)));
        Assert.Equal(50_000, BlockOf(_slab.Hold(part)).Length);
    }

    [Fact]
    public void Threads_hold_values_at_the_same_time()
    {
        var held = new ReadOnlyMemory<byte>[4][];
        Parallel.For(0, held.Length, thread =>
            held[thread] = [.. Enumerable.Range(0, 5000).Select(_ => _slab.Hold(Enumerable.Repeat((byte)thread, 33).ToArray()))]);

        Assert.All(Enumerable.Range(0, held.Length), thread =>
            Assert.All(held[thread], value => Assert.Equal(-1, value.Span.IndexOfAnyExcept((byte)thread))));
    }

    [Fact]
    public void A_reader_puts_values_into_the_memory_of_the_member_whose_log_they_are_for()
    {
        var writer = new ByteWriter();
        for (byte i = 0; i < 4; i++)
        {
            writer.Bytes([i]);
        }

        var reader = ByteReader.OfKept(writer.ToArray(), member => member == Raft1 ? _slab : null);
        var before = reader.Value();
        reader.ReadFor(Raft1);
        var (own, hadView) = (reader.Value(), reader.HasView);
        reader.ReadFor(Raft2);
        var other = reader.Value();
        reader.ReadFor(null);
        var message = reader.Value();

        Assert.Equal([0, 1, 2, 3], new[] { before, own, other, message }.Select(value => value.Span[0]));
        Assert.True(hadView);
        Assert.Equal(BlockOf(before), BlockOf(other));
        Assert.Equal(BlockOf(before), BlockOf(message));
        Assert.NotEqual(BlockOf(before), BlockOf(own));
    }

    private static byte[] BlockOf(ReadOnlyMemory<byte> value)
    {
        Assert.True(MemoryMarshal.TryGetArray(value, out var array));
        return array.Array!;
    }
}

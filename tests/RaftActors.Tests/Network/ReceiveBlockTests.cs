using System.Buffers.Binary;

namespace RaftActors.Tests.Network;

public sealed class ReceiveBlockTests
{
    private const int FrameSizeMax = 1_000_000;

    private readonly ReceiveBlock _block = new(FrameSizeMax);

    [Fact]
    public void Frame_that_comes_byte_by_byte_is_taken_when_its_last_byte_has_come()
    {
        var bytes = FrameOf(5, 7);

        // The room for its length has other bytes of an earlier frame.
        Receive(FrameOf(20, 0xFF));
        Assert.True(_block.TryTake(out _));
        Receive(FrameOf(1, 0));
        Assert.True(_block.TryTake(out _));
        _block.Keep();

        foreach (var one in bytes[..^1])
        {
            Receive([one]);
            Assert.False(_block.TryTake(out _));
        }

        Receive(bytes[^1..]);
        Assert.True(_block.TryTake(out var frame));
        Assert.Equal([7, 7, 7, 7, 7], frame.ToArray());
    }

    [Fact]
    public void Frames_that_come_together_are_taken_in_order()
    {
        Receive([.. FrameOf(2, 1), .. FrameOf(0, 0), .. FrameOf(3, 2)]);

        Assert.Equal(["0101", "", "020202"], TakeAll().Select(frame => Convert.ToHexString(frame.Span)));
    }

    [Fact]
    public void Block_that_begins_small_grows_when_one_read_fills_it()
    {
        ReceiveBlock block = new(FrameSizeMax, beginsSmall: true);
        var small = block.Room();
        Assert.InRange(small.Length, 4096, 16 * 1024);

        FrameOf(small.Length - sizeof(int), 1).CopyTo(small);
        block.Add(small.Length);

        Assert.True(block.TryTake(out _));
        Assert.Equal(ReceiveBlock.SizeBytes, block.Room().Length);
    }

    [Fact]
    public void Block_without_views_is_used_again()
    {
        Receive(FrameOf(100, 1));
        _block.TryTake(out var first);

        Receive(FrameOf(100, 2));
        _block.TryTake(out var second);

        Assert.True(first.Equals(second));
    }

    [Fact]
    public void Bytes_of_a_kept_frame_are_never_overwritten()
    {
        List<ReadOnlyMemory<byte>> kept = [];
        for (var number = 1; number <= 200; number++)
        {
            Receive([.. FrameOf(5000, (byte)number), .. FrameOf(3000, 0)]);
            _block.TryTake(out var frame);
            kept.Add(frame);
            _block.Keep();
            _block.TryTake(out _);
        }

        Assert.All(kept.Index(), each => Assert.DoesNotContain(each.Item.ToArray(), one => one != (byte)(each.Index + 1)));
    }

    [Fact]
    public void Frame_that_is_larger_than_a_block_is_taken()
    {
        Receive(FrameOf(10, 1));
        _block.TryTake(out var before);
        _block.Keep();

        ReceiveInPieces(FrameOf(FrameSizeMax, 2));

        Assert.True(_block.TryTake(out var frame));
        Assert.Equal(FrameSizeMax, frame.Length);
        Assert.DoesNotContain(frame.ToArray(), one => one != 2);
        Assert.DoesNotContain(before.ToArray(), one => one != 1);
    }

    [Fact]
    public void Memory_of_a_large_frame_is_given_back()
    {
        ReceiveInPieces(FrameOf(3 * ReceiveBlock.SizeBytes, 2));
        _block.TryTake(out var large);

        Assert.Equal(ReceiveBlock.SizeBytes, _block.Room().Length);
        Assert.DoesNotContain(large.ToArray(), one => one != 2);
    }

    [Fact]
    public void Length_above_the_limit_is_refused_before_memory_is_reserved()
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        Receive([0xFF, 0xFF, 0xFF, 0x7F]);

        Assert.Throws<InvalidDataException>(() => _block.TryTake(out _));
        Assert.Throws<InvalidDataException>(() => _block.Room());
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
    }

    private static byte[] FrameOf(int size, byte content)
    {
        var bytes = new byte[sizeof(int) + size];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, size);
        bytes.AsSpan(sizeof(int)).Fill(content);
        return bytes;
    }

    private void ReceiveInPieces(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var piece = bytes[..Math.Min(bytes.Length, 10_000)];
            Receive(piece);
            bytes = bytes[piece.Length..];
        }
    }

    private void Receive(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var room = _block.Room().Span;
            var piece = bytes[..Math.Min(bytes.Length, room.Length)];
            piece.CopyTo(room);
            _block.Add(piece.Length);
            bytes = bytes[piece.Length..];
        }
    }

    private IEnumerable<ReadOnlyMemory<byte>> TakeAll()
    {
        while (_block.TryTake(out var frame))
        {
            yield return frame;
        }
    }
}

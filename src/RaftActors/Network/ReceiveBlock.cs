using System.Buffers.Binary;

namespace RaftActors.Network;

/// <summary>
/// The received bytes of one connection, cut into frames in place. A block is larger than the small-object heap takes, so the values of
/// messages are views of it and are never moved. Invariant: bytes under a view are never overwritten. For one thread.
/// </summary>
/// <param name="frameSizeMaxBytes">The largest frame, without its length.</param>
/// <param name="beginsSmall">Begins with a small block, because there may be a thousand clients, and most of them call seldom.</param>
internal sealed class ReceiveBlock(int frameSizeMaxBytes, bool beginsSmall = false)
{
    /// <summary>The size of a block, unless one frame is larger.</summary>
    public const int SizeBytes = 128 * 1024;

    // Less free room than this is not worth a system call.
    private const int RoomMinBytes = 4096;

    // The first block of a client. A read that fills it leads to a block of full size.
    private const int SmallSizeBytes = 2 * RoomMinBytes;

    private byte[] _bytes = GC.AllocateUninitializedArray<byte>(beginsSmall ? SmallSizeBytes : SizeBytes);

    // The start and end of the received bytes that are not read yet.
    private int _start;
    private int _end;
    private int _keptEnd;
    private bool _isOutgrown;

    /// <summary>
    /// Returns room for the next received bytes. It is at most as large as the part of the frame that has arrived, or one block, so a
    /// frame that only announces a large size gets no memory for it.
    /// </summary>
    /// <exception cref="InvalidDataException">The present frame is too large. No memory was reserved for it.</exception>
    public Memory<byte> Room()
    {
        if (_start == _end)
        {
            _start = _end = _keptEnd;
            TrimIfLarge();
        }

        var unread = _end - _start;
        var missing = FrameSize() is { } size ? size + sizeof(int) - unread : 0;
        var needed = Math.Max(RoomMinBytes, Math.Min(missing, Math.Max(SizeBytes, unread)));
        if (_bytes.Length - _end < needed)
        {
            MakeRoom(needed);
        }

        return _bytes.AsMemory(_end);
    }

    public void Add(int count)
    {
        _end += count;
        _isOutgrown |= _bytes.Length < SizeBytes && _end == _bytes.Length;
    }

    /// <summary>Takes the next frame, without its length. The memory is valid until the next call, or longer if it is kept.</summary>
    /// <exception cref="InvalidDataException">The frame is too large.</exception>
    public bool TryTake(out ReadOnlyMemory<byte> frame)
    {
        if (FrameSize() is not { } size || _end - _start - sizeof(int) < size)
        {
            frame = default;
            return false;
        }

        frame = _bytes.AsMemory(_start + sizeof(int), size);
        _start += sizeof(int) + size;
        return true;
    }

    /// <summary>Keeps the bytes of the latest frame, because views of them live on.</summary>
    public void Keep() => _keptEnd = _start;

    // A large frame has enlarged the block, and the connection must not keep it for ever. Or a read has filled the small first block.
    private void TrimIfLarge()
    {
        if (_bytes.Length > SizeBytes || _isOutgrown)
        {
            _bytes = GC.AllocateUninitializedArray<byte>(SizeBytes);
            _start = _end = _keptEnd = 0;
            _isOutgrown = false;
        }
    }

    // Null before the length has arrived.
    private int? FrameSize()
    {
        if (_end - _start < sizeof(int))
        {
            return null;
        }

        var size = BinaryPrimitives.ReadUInt32LittleEndian(_bytes.AsSpan(_start));
        return size <= (uint)frameSizeMaxBytes
            ? (int)size
            : throw new InvalidDataException($"A frame of {size} bytes is announced; at most {frameSizeMaxBytes} are allowed.");
    }

    // Moves the unread bytes to the end of the kept ones, or to a new block.
    private void MakeRoom(int needed)
    {
        var unread = _bytes.AsSpan(_start, _end - _start);
        if (_keptEnd + unread.Length + needed <= _bytes.Length)
        {
            unread.CopyTo(_bytes.AsSpan(_keptEnd));
        }
        else
        {
            var next = GC.AllocateUninitializedArray<byte>(Math.Max(SizeBytes, unread.Length + needed));
            unread.CopyTo(next);
            (_bytes, _keptEnd, _isOutgrown) = (next, 0, false);
        }

        (_start, _end) = (_keptEnd, _keptEnd + unread.Length);
    }
}

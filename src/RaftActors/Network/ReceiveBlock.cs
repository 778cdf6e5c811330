using System.Buffers.Binary;

namespace RaftActors.Network;

/// <summary>
/// The received bytes of one connection, cut into frames in place. A block is larger than the small-object heap takes, so the values of
/// messages are views of it and are never moved. Invariant: bytes under a view are never overwritten. For one thread.
/// </summary>
/// <param name="frameSizeMaxBytes">The largest frame, without its length.</param>
/// <param name="beginsSmall">The first block is small: there may be a thousand clients, and most of them call seldom.</param>
internal sealed class ReceiveBlock(int frameSizeMaxBytes, bool beginsSmall = false)
{
    /// <summary>The size of a block, unless one frame is larger.</summary>
    public const int SizeBytes = 128 * 1024;

    // Less free room is not worth a call of the operating system.
    private const int RoomMinBytes = 4096;

    // The first block of a client. One read that fills it leads to a block of the full size.
    private const int SmallSizeBytes = 2 * RoomMinBytes;

    private byte[] _bytes = GC.AllocateUninitializedArray<byte>(beginsSmall ? SmallSizeBytes : SizeBytes);

    // The bytes up to here are read, and those up to the end are received.
    private int _start;
    private int _end;

    // The end of the bytes under views.
    private int _keptEnd;
    private bool _isOutgrown;

    /// <summary>
    /// The room for the next received bytes. It at most doubles the bytes that a frame has brought so far: a frame that only announces its
    /// size gets no memory for it.
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

    /// <summary>So many bytes were received into <see cref="Room"/>.</summary>
    public void Add(int count)
    {
        _end += count;
        _isOutgrown |= _bytes.Length < SizeBytes && _end == _bytes.Length;
    }

    /// <summary>Takes the next frame, without its length. The memory is valid until the next call, or for ever if it is kept.</summary>
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

    /// <summary>Views of the frame that was taken last live on.</summary>
    public void Keep() => _keptEnd = _start;

    // One large frame made the block larger, and the connection would keep it for ever. Or the first block was too small for one read.
    private void TrimIfLarge()
    {
        if (_bytes.Length > SizeBytes || _isOutgrown)
        {
            _bytes = GC.AllocateUninitializedArray<byte>(SizeBytes);
            _start = _end = _keptEnd = 0;
            _isOutgrown = false;
        }
    }

    // Null: the length has not arrived yet.
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

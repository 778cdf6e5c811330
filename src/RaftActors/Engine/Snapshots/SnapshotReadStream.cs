using RaftActors.Core;
using RaftActors.Delivery;
using RaftActors.Storage;

namespace RaftActors.Engine;

/// <summary>
/// Reads the state of a snapshot from the store for the actor, and holds one checked piece in memory. Before <see cref="ReadTail"/>, the
/// stream also has the kept results behind the state.
/// </summary>
internal sealed class SnapshotReadStream(RaftProcess process, Snapshot snapshot) : Stream
{
    // The size of the blocks that a store in files checks. Larger arrays would be collected late.
    private const int PieceSize = 64 << 10;

    private ReadOnlyMemory<byte> _piece;
    private long _pieceOffset;
    private long _position;
    private bool _isClosed;
    private int _tail;

    public Serial Serial => snapshot.Position.Serial;

    /// <summary>The failure of a read, or null.</summary>
    public StoreException? Failure { get; private set; }

    /// <summary>The read failed because a later snapshot has replaced this one.</summary>
    public bool IsReplaced { get; private set; }

    public override bool CanRead => !_isClosed;

    public override bool CanSeek => !_isClosed;

    public override bool CanWrite => false;

    public override long Length => snapshot.Length - _tail;

    public override long Position
    {
        get => _position;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            _position = value;
        }
    }

    /// <summary>Reads the kept results behind the state.</summary>
    /// <exception cref="StoreException">The results cannot be read, or are damaged. Also in <see cref="Failure"/>.</exception>
    public void ReadTail(KeptResults results)
    {
        try
        {
            var footer = ReadEnd(SnapshotTail.FooterSize);
            var tail = ReadEnd(SnapshotTail.SizeOf(footer, snapshot.Length));
            results.Restore(SnapshotTail.SectionOf(tail));
            (_tail, _position) = (tail.Length, 0);
        }
        catch (StoreException e)
        {
            Failure ??= e;
            throw;
        }
    }

    /// <summary>Reads the state as one block.</summary>
    /// <exception cref="RaftConfigurationException">The state is too large for one block.</exception>
    /// <exception cref="StoreException">The state cannot be read. Also in <see cref="Failure"/>.</exception>
    public ReadOnlyMemory<byte> ReadAll()
    {
        RaftConfigurationException.Demand(
            Length <= Array.MaxLength,
            $"The snapshot of '{process.Name}' of group '{process.Settings.Group}' has {Length} bytes, and IRaftSnapshot<TState> reads "
            + $"{Array.MaxLength} at most. Implement IRaftStreamSnapshot, as the actor did that took it.");
        return ReadPiece(0, (int)Length);
    }

    public override int Read(Span<byte> buffer)
    {
        ObjectDisposedException.ThrowIf(_isClosed, this);
        if (buffer.IsEmpty || _position >= Length)
        {
            return 0;
        }

        var within = _position - _pieceOffset;
        if (within < 0 || within >= _piece.Length)
        {
            _pieceOffset = _position - (_position % PieceSize);
            _piece = ReadPiece(_pieceOffset, (int)Math.Min(PieceSize, snapshot.Length - _pieceOffset));
            within = _position - _pieceOffset;
        }

        var bytes = _piece.Span[(int)within..];
        bytes = bytes[..(int)Math.Min(Math.Min(bytes.Length, buffer.Length), Length - _position)];
        bytes.CopyTo(buffer);
        _position += bytes.Length;
        return bytes.Length;
    }

    public override int Read(byte[] buffer, int offset, int count)
    {
        ValidateBufferArguments(buffer, offset, count);
        return Read(buffer.AsSpan(offset, count));
    }

    public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => _position + offset,
        _ => Length + offset,
    };

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException("The state of a snapshot cannot be changed.");

    public override void Write(byte[] buffer, int offset, int count) => SetLength(0);

    protected override void Dispose(bool disposing)
    {
        _isClosed = true;
        base.Dispose(disposing);
    }

    private byte[] ReadEnd(int size)
    {
        var bytes = new byte[(int)Math.Min(size, snapshot.Length)];
        _position = snapshot.Length - bytes.Length;
        ReadExactly(bytes);
        return bytes;
    }

    private ReadOnlyMemory<byte> ReadPiece(long offset, int size)
    {
        if (Failure is { } before)
        {
            throw before;
        }

        try
        {
            var piece = process.Store.ReadSnapshot(snapshot.Position, offset, size);
            return piece.Length == size
                ? piece
                : throw new StoreException($"The store has only {offset + piece.Length} bytes of the snapshot {snapshot}.");
        }
        catch (StoreException e)
        {
            (Failure, IsReplaced) = (e, process.Snapshot != snapshot);
            throw;
        }
    }
}

using RaftActors.Core.Codec;
using RaftActors.Storage;

namespace RaftActors.Delivery;

/// <summary>
/// Takes the bytes of a state from its <see cref="StateWriter"/>, and gives them to the store in pieces. Disposing it does nothing,
/// because writers of text dispose their streams.
/// </summary>
/// <param name="target">Null if the snapshot is not needed. Then <paramref name="stopping"/> is cancelled, so each write throws.</param>
internal sealed class StateWriterStream(ISnapshotWriter? target, CancellationToken stopping) : Stream
{
    private const int PieceSize = 256 << 10;

    // Grows up to a piece, because most states are small.
    private readonly ByteWriter _piece = new();
    private long _length;

    /// <summary>The failure of the store, or null.</summary>
    public StoreException? Failure { get; private set; }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => _length;

    public override long Position
    {
        get => _length;
        set => throw new NotSupportedException("A state is written from its first byte to its last.");
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        stopping.ThrowIfCancellationRequested();
        _length += buffer.Length;
        while (!buffer.IsEmpty)
        {
            var part = buffer[..Math.Min(buffer.Length, PieceSize - _piece.Length)];
            _piece.Rest(part);
            buffer = buffer[part.Length..];
            if (_piece.Length == PieceSize)
            {
                stopping.ThrowIfCancellationRequested();
                Append();
            }
        }
    }

    public override void Write(byte[] buffer, int offset, int count)
    {
        ValidateBufferArguments(buffer, offset, count);
        Write(buffer.AsSpan(offset, count));
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Write(buffer.Span);
        return ValueTask.CompletedTask;
    }

    /// <summary>Does nothing. The store gets whole pieces.</summary>
    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("A state is written, not read.");

    public override long Seek(long offset, SeekOrigin origin) => Position = offset;

    public override void SetLength(long value) => Position = value;

    /// <summary>Saves the complete state.</summary>
    public void Complete()
    {
        stopping.ThrowIfCancellationRequested();
        Append();
        Try(target => target.Complete());
    }

    private void Append()
    {
        Try(target => target.Append(_piece.Written));
        _piece.Clear();
    }

    // A writer may catch the exception and go on, although its state is incomplete. So each later call fails again.
    private void Try(Action<ISnapshotWriter> action)
    {
        if (Failure is { } before)
        {
            throw before;
        }

        try
        {
            action(target!); // Justification: without a target the token is cancelled.
        }
        catch (StoreException e)
        {
            Failure = e;
            throw;
        }
    }
}

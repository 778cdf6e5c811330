using System.Net.Sockets;

namespace RaftActors.Network;

/// <summary>
/// The encrypted side of a TLS connection. During the handshake it is the socket. Afterwards written bytes are collected, and the owner
/// sends them: TLS would block the engine's thread if the socket is full.
/// </summary>
/// <param name="socket">The socket.</param>
/// <param name="blocks">The handshake blocks its thread; see <see cref="ByteChannel"/>.</param>
internal sealed class SealingStream(Socket socket, bool blocks) : Stream
{
    private readonly NetworkStream _network = new(socket, ownsSocket: false);
    private readonly Lock _lock = new();
    private byte[] _sealed = [];
    private int _count;
    private volatile bool _collects;

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>The size of the buffer for collected bytes.</summary>
    public int Size
    {
        get
        {
            lock (_lock)
            {
                return _sealed.Length;
            }
        }
    }

    /// <summary>The handshake is over: collects written bytes from now on.</summary>
    public void Collect() => _collects = true;

    /// <summary>Takes the collected bytes. They are valid until the next call of <see cref="Reset"/>.</summary>
    public ArraySegment<byte> Take()
    {
        lock (_lock)
        {
            return new ArraySegment<byte>(_sealed, 0, _count);
        }
    }

    /// <summary>Forgets the bytes that were taken.</summary>
    /// <param name="keptSize">A larger buffer is left to the garbage collector.</param>
    public void Reset(int keptSize)
    {
        lock (_lock)
        {
            _count = 0;
            _sealed = _sealed.Length <= keptSize ? _sealed : [];
        }
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => _network.Read(buffer, offset, count);

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer) => _network.Read(buffer);

    /// <inheritdoc/>
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        blocks && !_collects ? ValueTask.FromResult(_network.Read(buffer.Span)) : _network.ReadAsync(buffer, cancellationToken);

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (!_collects)
        {
            _network.Write(buffer);
            return;
        }

        lock (_lock)
        {
            if (_sealed.Length - _count < buffer.Length)
            {
                Array.Resize(ref _sealed, Math.Max(2 * _sealed.Length, _count + buffer.Length));
            }

            buffer.CopyTo(_sealed.AsSpan(_count));
            _count += buffer.Length;
        }
    }

    /// <inheritdoc/>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (!_collects && !blocks)
        {
            return _network.WriteAsync(buffer, cancellationToken);
        }

        Write(buffer.Span);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();
}

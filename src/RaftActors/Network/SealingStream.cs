using System.Net.Sockets;

namespace RaftActors.Network;

/// <summary>
/// The encrypted side of a TLS connection. During the handshake it writes to the socket. Afterwards it collects the written bytes for its
/// owner to send, because TLS would block the engine's thread when the socket is full.
/// </summary>
/// <param name="blocks">The handshake blocks its thread; see <see cref="SocketChannel"/>.</param>
internal sealed class SealingStream(Socket socket, bool blocks) : Stream
{
    private readonly NetworkStream _network = new(socket, ownsSocket: false);
    private readonly Lock _lock = new();
    private readonly MemoryStream _sealed = new();
    private volatile bool _collects;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public int Size
    {
        get
        {
            lock (_lock)
            {
                return _sealed.Capacity;
            }
        }
    }

    /// <summary>Ends the handshake: collects written bytes from now on.</summary>
    public void Collect() => _collects = true;

    /// <summary>Returns the collected bytes. They are valid until <see cref="Reset"/>.</summary>
    public ArraySegment<byte> Take()
    {
        lock (_lock)
        {
            return new ArraySegment<byte>(_sealed.GetBuffer(), 0, (int)_sealed.Length);
        }
    }

    /// <param name="keptSize">A larger buffer is left to the garbage collector.</param>
    public void Reset(int keptSize)
    {
        lock (_lock)
        {
            _sealed.SetLength(0);
            _sealed.Capacity = _sealed.Capacity <= keptSize ? _sealed.Capacity : 0;
        }
    }

    public override int Read(byte[] buffer, int offset, int count) => _network.Read(buffer, offset, count);

    public override int Read(Span<byte> buffer) => _network.Read(buffer);

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        blocks && !_collects ? ValueTask.FromResult(_network.Read(buffer.Span)) : _network.ReadAsync(buffer, cancellationToken);

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (!_collects)
        {
            _network.Write(buffer);
            return;
        }

        lock (_lock)
        {
            _sealed.Write(buffer);
        }
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (!_collects && !blocks)
        {
            return _network.WriteAsync(buffer, cancellationToken);
        }

        Write(buffer.Span);
        return ValueTask.CompletedTask;
    }

    public override void Flush()
    {
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}

using System.Runtime.CompilerServices;

namespace Akka.Remote;

/// <summary>Reads the frames of a connection. Not thread-safe.</summary>
internal sealed class FrameReader(Connection connection, int maximumFrameSizeBytes)
{
    private readonly FrameBuffer _buffer = new(maximumFrameSizeBytes);

    internal int BufferBytes => _buffer.Size;

    /// <inheritdoc cref="FrameBuffer.AdmitMessages"/>
    public void AdmitMessages() => _buffer.AdmitMessages();

    /// <summary>Waits for more bytes. Returns false if the peer closed the connection in order.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<bool> FillAsync(CancellationToken cancellation = default)
    {
        var count = await connection.ReceiveAsync(_buffer.Room(), cancellation).ConfigureAwait(false);
        _buffer.Add(count);
        return count > 0;
    }

    /// <summary>Returns the next complete frame. Its body is valid until the next <see cref="FillAsync"/>.</summary>
    /// <exception cref="WireException">The peer breaks the protocol, or the frame is too large.</exception>
    public bool TryRead(out FrameKind kind, out ReadOnlySpan<byte> body) => _buffer.TryRead(out kind, out body);
}

using System.Buffers.Binary;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace Akka.Remote;

/// <summary>Splits the bytes of a socket into frames. Not thread-safe.</summary>
internal sealed class FrameReader(Socket socket, int maximumFrameSizeBytes)
{
    /// <summary>The frame limit applies to payloads. Paths and manifest need this allowance on top.</summary>
    private const int HeaderAllowanceBytes = 4096;
    private const int LengthBytes = 4;
    private byte[] _buffer = new byte[64 * 1024];
    private int _start;
    private int _end;

    /// <summary>Waits for more bytes. Returns false if the peer closed the connection in order.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<bool> FillAsync(CancellationToken cancellation = default)
    {
        MakeRoom();
        var count = await socket.ReceiveAsync(_buffer.AsMemory(_end), SocketFlags.None, cancellation).ConfigureAwait(false);
        _end += count;
        return count > 0;
    }

    /// <summary>Returns the next complete frame. Its body is valid until the next <see cref="FillAsync"/>.</summary>
    public bool TryRead(out FrameKind kind, out ReadOnlySpan<byte> body)
    {
        kind = default;
        body = default;
        if (_end - _start < LengthBytes)
        {
            return false;
        }
        var length = FrameLength();
        if (length < 1 || length > maximumFrameSizeBytes + HeaderAllowanceBytes)
        {
            throw new WireException(
                $"A frame of {length} bytes exceeds akka.remote.dot-netty.tcp.maximum-frame-size, {maximumFrameSizeBytes} bytes here. "
                + "Set the same limit on both systems. An Akka.NET peer causes this too: its protocol differs");
        }
        if (_end - _start < LengthBytes + length)
        {
            return false;
        }
        kind = (FrameKind)_buffer[_start + LengthBytes];
        body = _buffer.AsSpan(_start + LengthBytes + 1, length - 1);
        _start += LengthBytes + length;
        return true;
    }

    private int FrameLength() => BinaryPrimitives.ReadInt32LittleEndian(_buffer.AsSpan(_start));

    private void MakeRoom()
    {
        var have = _end - _start;
        // TryRead has checked the length. So a frame that does not fit is legal, and the buffer grows for it.
        var need = have >= LengthBytes ? FrameLength() + LengthBytes : LengthBytes;
        if (_buffer.Length - _start >= Math.Max(need, have + 1) && _end < _buffer.Length)
        {
            return;
        }
        var target = need > _buffer.Length ? new byte[need] : _buffer;
        _buffer.AsSpan(_start, have).CopyTo(target);
        _buffer = target;
        _start = 0;
        _end = have;
    }
}

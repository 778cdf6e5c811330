using System.Buffers.Binary;

namespace Akka.Remote;

/// <summary>
/// The received bytes of a connection, split into frames. The buffer grows only by bytes that have arrived, and shrinks again after a
/// large frame. Not thread-safe.
/// </summary>
internal sealed class FrameBuffer(int maximumFrameSizeBytes)
{
    /// <summary>The limit of control frames: hello, answers and acknowledgements. No other frame precedes the handshake.</summary>
    internal const int ControlFrameLimitBytes = 4096;

    /// <summary>The frame limit applies to payloads. Paths and manifest need this allowance on top.</summary>
    private const int HeaderAllowanceBytes = 4096;
    private const int LengthBytes = 4;
    private const int UsualBufferBytes = 64 * 1024;

    /// <summary>A larger buffer is released after so many reads that did not need it.</summary>
    private const int ReadsUntilRelease = 16;

    private byte[] _buffer = new byte[LengthBytes + ControlFrameLimitBytes];
    private int _start;
    private int _end;
    private int _limitBytes = ControlFrameLimitBytes;
    private int _readsWithoutNeed;

    /// <summary>In bytes.</summary>
    public int Size => _buffer.Length;

    /// <summary>Admits frames with messages. The peer must have been accepted.</summary>
    public void AdmitMessages() => _limitBytes = maximumFrameSizeBytes + HeaderAllowanceBytes;

    /// <summary>Returns the room for more bytes. <see cref="TryRead"/> must have returned false before.</summary>
    public Memory<byte> Room()
    {
        MakeRoom();
        return _buffer.AsMemory(_end);
    }

    /// <summary>Notes that so many bytes were received into <see cref="Room"/>.</summary>
    public void Add(int count) => _end += count;

    /// <summary>Returns the next complete frame. Its body is valid until the next <see cref="Room"/>.</summary>
    /// <exception cref="WireException">The peer breaks the protocol, or the frame is too large.</exception>
    public bool TryRead(out FrameKind kind, out ReadOnlySpan<byte> body)
    {
        kind = default;
        body = default;
        if (_end - _start < LengthBytes)
        {
            return false;
        }
        var length = FrameLength();
        if (length < 1 || length > _limitBytes)
        {
            throw Malformed(length);
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

    private WireException Malformed(int length)
    {
        if (_limitBytes > ControlFrameLimitBytes)
        {
            return new WireException(
                $"A frame of {length} bytes exceeds akka.remote.dot-netty.tcp.maximum-frame-size, {maximumFrameSizeBytes} bytes here. "
                + "Set the same limit on both systems. An Akka.NET peer causes this too: its protocol differs");
        }
        // A TLS record begins with its type, 20 to 23, and the major version, 3.
        return _buffer[_start] is >= 20 and <= 23 && _buffer[_start + 1] == 3
            ? new WireException("the peer speaks TLS, and this system does not; set akka.remote.dot-netty.tcp.enable-ssl on both", "TLS")
            : new WireException("the peer does not speak this protocol (Akka.NET and Akka.Embedded cannot talk to each other)", "protocol");
    }

    private void MakeRoom()
    {
        var have = _end - _start;
        // TryRead has checked the length. So a frame that does not fit is legal.
        var need = Math.Max(have + 1, have >= LengthBytes ? FrameLength() + LengthBytes : LengthBytes);
        var size = SizeFor(have, need);
        if (size == _buffer.Length && _end < size && (_start == 0 || size - _start >= need))
        {
            return;
        }
        var target = size == _buffer.Length ? _buffer : new byte[size];
        _buffer.AsSpan(_start, have).CopyTo(target);
        _buffer = target;
        _start = 0;
        _end = have;
    }

    // A large frame grows the buffer step by step: its length alone, which costs the peer four bytes, allocates nothing.
    private int SizeFor(int have, int need)
    {
        var size = _buffer.Length;
        if (have == size)
        {
            return Math.Min(need, 2 * size);
        }
        if (size < UsualBufferBytes)
        {
            return _end == size && _limitBytes > ControlFrameLimitBytes ? Math.Min(4 * size, UsualBufferBytes) : size;
        }
        _readsWithoutNeed = need > UsualBufferBytes ? 0 : _readsWithoutNeed + 1;
        return size > UsualBufferBytes && _readsWithoutNeed > ReadsUntilRelease ? UsualBufferBytes : size;
    }
}

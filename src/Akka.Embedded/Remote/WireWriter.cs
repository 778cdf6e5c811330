using System.Buffers.Binary;
using System.Text;
using Akka.Actor;

namespace Akka.Remote;

/// <summary>
/// A growing buffer for the primitives of the wire format. Integers have variable length. A text is its length and its UTF-8 bytes.
/// Not thread-safe: shared writers need a lock.
/// </summary>
internal sealed class WireWriter(int capacityBytes = 256)
{
    private byte[] _buffer = new byte[capacityBytes];

    public int Length { get; private set; }

    public ReadOnlyMemory<byte> Written => _buffer.AsMemory(0, Length);

    public byte[] ToArray() => _buffer.AsSpan(0, Length).ToArray();

    public void Clear(int keepCapacityBytes = int.MaxValue)
    {
        Length = 0;
        if (_buffer.Length > keepCapacityBytes)
        {
            _buffer = new byte[keepCapacityBytes];
        }
    }

    /// <summary>Reserves the four bytes of a frame's length. <see cref="EndFrame"/> fills them in.</summary>
    public int BeginFrame(FrameKind kind)
    {
        var start = Length;
        Grow(4);
        WriteByte((byte)kind);
        return start;
    }

    public void EndFrame(int start) =>
        BinaryPrimitives.WriteInt32LittleEndian(_buffer.AsSpan(start), Length - start - 4);

    public void WriteByte(byte value) => Grow(1)[0] = value;

    public void WriteBoolean(bool value) => WriteByte(value ? (byte)1 : (byte)0);

    public void WriteInt32(int value) => BinaryPrimitives.WriteInt32LittleEndian(Grow(4), value);

    public void WriteVarint(long value)
    {
        var rest = (ulong)value;
        while (rest >= 0x80)
        {
            WriteByte((byte)(rest | 0x80));
            rest >>= 7;
        }

        WriteByte((byte)rest);
    }

    public void WriteText(string text)
    {
        var size = Encoding.UTF8.GetByteCount(text);
        WriteVarint(size);
        Encoding.UTF8.GetBytes(text, Grow(size));
    }

    /// <summary>Writes a length and the bytes. <see cref="WriteText"/> writes the same for a text in UTF-8.</summary>
    public void WriteBlock(ReadOnlySpan<byte> bytes)
    {
        WriteVarint(bytes.Length);
        WriteRaw(bytes);
    }

    public void WriteRaw(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Grow(bytes.Length));

    public void WriteAddress(Address address) => WriteText(address.ToString());

    /// <summary>Writes a message that is nested in another, with identifier and manifest of its own serializer.</summary>
    public void WritePayload(object? payload, Serialization.Serialization serialization)
    {
        var serializer = serialization.FindSerializerFor(payload);
        WriteInt32(serializer.Identifier);
        WriteText(payload is null ? "" : Serialization.Serialization.ManifestFor(serializer, payload));
        WriteBlock(payload is null ? [] : serializer.ToBinary(payload));
    }

    private Span<byte> Grow(int count)
    {
        if (_buffer.Length - Length < count)
        {
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, Length + count));
        }

        var span = _buffer.AsSpan(Length, count);
        Length += count;
        return span;
    }
}

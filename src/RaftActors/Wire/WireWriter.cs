using System.Buffers;
using System.Collections.Immutable;

using RaftActors.Core;

namespace RaftActors.Wire;

/// <summary>
/// Writes what <see cref="WireReader"/> reads. Numbers are LEB128, 7 bits an octet, lowest first; texts and bytes carry their length.
/// </summary>
internal sealed class WireWriter
{
    private readonly ArrayBufferWriter<byte> _buffer = new();

    public byte[] ToArray() => _buffer.WrittenSpan.ToArray();

    public void Octet(byte value)
    {
        _buffer.GetSpan(1)[0] = value;
        _buffer.Advance(1);
    }

    public void Flag(bool value) => Octet(value ? (byte)1 : (byte)0);

    public void Number(long value)
    {
        var rest = (ulong)value;
        while (rest >= 0x80)
        {
            Octet((byte)(rest | 0x80));
            rest >>= 7;
        }

        Octet((byte)rest);
    }

    public void Hash(ulong value)
    {
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64LittleEndian(_buffer.GetSpan(8), value);
        _buffer.Advance(8);
    }

    public void Identity(Guid value)
    {
        value.TryWriteBytes(_buffer.GetSpan(16));
        _buffer.Advance(16);
    }

    public void Bytes(ReadOnlySpan<byte> value)
    {
        Number(value.Length);
        Rest(value);
    }

    public void Text(string value) => Bytes(WireText.Encode(value));

    /// <summary>Without a length: the last thing in a message.</summary>
    public void Rest(ReadOnlySpan<byte> value) => _buffer.Write(value);

    public void Member(Member value)
    {
        Text(value.Name.Value);
        Identity(value.Incarnation.Value);
    }

    public void Request(RequestId value)
    {
        Member(value.Origin);
        Number(value.Number);
    }

    public void List<T>(ImmutableArray<T> items, Action<T> write)
    {
        Number(items.Length);
        foreach (var item in items)
        {
            write(item);
        }
    }
}

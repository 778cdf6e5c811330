using System.Buffers.Binary;
using System.Collections.Immutable;

using RaftActors.Core;

namespace RaftActors.Storage.Format;

/// <summary>
/// Writes what <see cref="ByteReader"/> reads. Numbers are LEB128, 7 bits an octet, lowest first; texts and bytes carry their length.
/// One that is used again, after <see cref="Clear"/>, makes no garbage.
/// </summary>
internal sealed class ByteWriter
{
    private const int SizeMin = 256;

    private byte[] _buffer = [];

    // By place, counted from 1; null where every member is written out.
    private Dictionary<Member, int>? _members;

    /// <summary>How much was written.</summary>
    public int Length { get; private set; }

    /// <summary>What was written, to be filled in where room was left. Until the next write.</summary>
    public Span<byte> Written => _buffer.AsSpan(0, Length);

    public byte[] ToArray() => Written.ToArray();

    /// <summary>Begins anew, in the same memory unless that has become larger than this.</summary>
    public void Clear(int keptSizeMax = int.MaxValue)
    {
        Length = 0;
        _members?.Clear();
        if (_buffer.Length > keptSizeMax)
        {
            _buffer = [];
        }
    }

    /// <summary>
    /// From now on a member is written out once, and after that as its place among those that were: 1, 2 and so on, where 0 says that one
    /// follows that is new. Clearing forgets them.
    /// </summary>
    public void ShareMembers() => _members ??= [];

    /// <summary>So many zeros, for something that is filled in later.</summary>
    public void Room(int size) => Next(size).Clear();

    public void Octet(byte value) => Next(1)[0] = value;

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

    /// <summary>A number of either sign, short if it is near zero.</summary>
    public void Difference(long value) => Number((value << 1) ^ (value >> 63));

    public void Hash(ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(Next(8), value);

    public void Identity(Guid value) => value.TryWriteBytes(Next(16));

    public void Bytes(ReadOnlySpan<byte> value)
    {
        Number(value.Length);
        Rest(value);
    }

    public void Text(string value)
    {
        var size = StrictText.SizeOf(value);
        Number(size);
        StrictText.Encode(value, Next(size));
    }

    /// <summary>Without a length: the last thing in a message.</summary>
    public void Rest(ReadOnlySpan<byte> value) => value.CopyTo(Next(value.Length));

    public void Member(Member value)
    {
        if (_members is not null)
        {
            if (_members.TryGetValue(value, out var place))
            {
                Number(place);
                return;
            }

            _members.Add(value, _members.Count + 1);
            Number(0);
        }

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

    private Span<byte> Next(int size)
    {
        var end = checked(Length + size);
        if (end > _buffer.Length)
        {
            var doubled = Math.Min(2L * _buffer.Length, Array.MaxLength);
            Array.Resize(ref _buffer, (int)Math.Max(Math.Max(SizeMin, end), doubled));
        }

        var next = _buffer.AsSpan(Length, size);
        Length = end;
        return next;
    }
}

using System.Buffers.Binary;
using System.Collections.Immutable;

using RaftActors.Core;

namespace RaftActors.Storage.Format;

/// <summary>
/// Reads what came over the wire and trusts nothing of it: no length is believed that the message itself does not hold, so the largest
/// allocation is a small multiple of the message. Every method throws <see cref="InvalidDataException"/> on bytes that no <see
/// cref="ByteWriter"/> wrote.
/// </summary>
internal ref struct ByteReader(ReadOnlySpan<byte> bytes)
{
    private const int WrittenMemberSizeMin = 17;

    private readonly ReadOnlySpan<byte> _bytes = bytes;

    // In the order in which they were written out; null where every one is.
    private List<Member>? _members;
    private int _position;

    public delegate T Read<T>(ref ByteReader reader);

    /// <summary>How far it has read.</summary>
    public readonly int Position => _position;

    /// <summary>Octets that a member takes at least, here.</summary>
    public readonly int MemberSizeMin => _members is null ? WrittenMemberSizeMin : 1;

    /// <summary>From now on members are as <see cref="ByteWriter.ShareMembers"/> writes them.</summary>
    public void ShareMembers() => _members = [];

    public byte Octet() => Take(1)[0];

    public bool Flag() => Octet() switch
    {
        0 => false,
        1 => true,
        var other => throw Damaged($"a flag is {other}"),
    };

    public long Number()
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var octet = Octet();
            if (shift == 63 && octet > 1)
            {
                break;
            }

            value |= (ulong)(octet & 0x7F) << shift;
            if (octet < 0x80)
            {
                return (long)value;
            }
        }

        throw Damaged("a number has more than 64 bits");
    }

    /// <summary>A number that differs by this from one that counts something, and counts something itself.</summary>
    public long CountFrom(long before)
    {
        var coded = (ulong)Number();
        var count = unchecked(before + ((long)(coded >> 1) ^ -(long)(coded & 1)));
        return count >= 0 ? count : throw Damaged($"a count differs too much from {before}");
    }

    /// <summary>A number that counts something.</summary>
    public long Count() => Number() is var count and >= 0 ? count : throw Damaged("a count is negative");

    /// <summary>A number of 32 bits: a size, a priority.</summary>
    public int Integer() => Number() is var value && (int)value == value ? (int)value : throw Damaged("a number has more than 32 bits");

    public ulong Hash() => BinaryPrimitives.ReadUInt64LittleEndian(Take(8));

    public Guid Identity() => new(Take(16));

    public ReadOnlySpan<byte> Bytes()
    {
        var length = Count();
        return length <= _bytes.Length - _position ? Take((int)length) : throw Damaged($"{length} bytes are announced");
    }

    public string Text() => StrictText.Decode(Bytes());

    public ReadOnlySpan<byte> Rest() => Take(_bytes.Length - _position);

    /// <summary>Without a length before them.</summary>
    public ReadOnlySpan<byte> Raw(int size) => Take(size);

    public ProcessName Name() => NameOf(Bytes());

    public static ProcessName NameOf(ReadOnlySpan<byte> text)
    {
        try
        {
            return new ProcessName(StrictText.Decode(text));
        }
        catch (FormatException e)
        {
            throw new InvalidDataException(e.Message, e);
        }
    }

    public Member Member()
    {
        if (_members is null)
        {
            return WrittenMember();
        }

        var place = Count();
        if (place > _members.Count)
        {
            throw Damaged($"member {place} of {_members.Count} is named");
        }

        if (place == 0)
        {
            _members.Add(WrittenMember());
        }

        return place == 0 ? _members[^1] : _members[(int)place - 1];
    }

    public RequestId Request() => new(Member(), Count());

    /// <param name="itemSizeMin">In octets; a count that could not fit is refused before anything is allocated.</param>
    public ImmutableArray<T> List<T>(int itemSizeMin, Read<T> read)
    {
        var count = Count();
        if (count > (_bytes.Length - _position) / itemSizeMin)
        {
            throw Damaged($"{count} items are announced");
        }

        var items = ImmutableArray.CreateBuilder<T>((int)count);
        for (var i = 0; i < count; i++)
        {
            items.Add(read(ref this));
        }

        return items.MoveToImmutable();
    }

    public readonly void End()
    {
        if (_position != _bytes.Length)
        {
            throw Damaged($"{_bytes.Length - _position} octets too many");
        }
    }

    public readonly InvalidDataException Damaged(string what) =>
        new($"Of {_bytes.Length} octets those at {_position} are damaged: {what}.");

    private Member WrittenMember() => new(Name(), new Incarnation(Identity()));

    private ReadOnlySpan<byte> Take(int size)
    {
        if (size > _bytes.Length - _position)
        {
            throw Damaged($"{size} more octets should follow");
        }

        var taken = _bytes.Slice(_position, size);
        _position += size;
        return taken;
    }
}

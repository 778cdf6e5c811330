using System.Buffers.Binary;
using System.Collections.Immutable;

namespace RaftActors.Core.Codec;

/// <summary>
/// Reads the bytes that a <see cref="ByteWriter"/> wrote. It trusts none of them: a length that exceeds the remaining bytes is refused
/// before anything is allocated, so the largest allocation is a small multiple of the input. Every method throws
/// <see cref="InvalidDataException"/> on bytes that no <see cref="ByteWriter"/> wrote.
/// </summary>
internal ref struct ByteReader(ReadOnlySpan<byte> bytes)
{
    private const int WrittenMemberSizeMin = 17;

    // A UTF-16 character takes up to three bytes of UTF-8.
    private const int CharacterSizeMax = 3;

    // A longer text is not even decoded.
    private const int NameSizeMax = CharacterSizeMax * ProcessName.LengthMax;

    private readonly ReadOnlySpan<byte> _bytes = bytes;

    // Null if the caller may use the bytes again.
    private readonly ReadOnlyMemory<byte>? _kept;

    private readonly Func<Member, ValueSlab?>? _findSlab;

    // The members read so far, in order, or null if members are not shared.
    private List<Member>? _members;
    private int _position;
    private bool _hasView;
    private ValueSlab? _slab;

    /// <summary>Reads bytes that never change, so that values may be views of them.</summary>
    /// <param name="findSlab">Finds the memory for the values in the log of a member. Without it, values are views.</param>
    public static ByteReader OfKept(ReadOnlyMemory<byte> bytes, Func<Member, ValueSlab?>? findSlab = null) => new(bytes, findSlab);

    private ByteReader(ReadOnlyMemory<byte> bytes, Func<Member, ValueSlab?>? findSlab)
        : this(bytes.Span) => (_kept, _findSlab) = (bytes, findSlab);

    public delegate T Read<T>(ref ByteReader reader);

    public readonly int Position => _position;

    /// <summary>A value that was read is a view of the kept bytes, so their owner must not reuse them.</summary>
    public readonly bool HasView => _hasView;

    /// <summary>Reads the following values for the log of this member, or with null for a message.</summary>
    public void ReadFor(Member? log) => _slab = log is { } member ? _findSlab?.Invoke(member) : null;

    /// <summary>The least number of bytes that a member takes in this input.</summary>
    public readonly int MemberSizeMin => _members is null ? WrittenMemberSizeMin : 1;

    /// <summary>The least number of bytes that a request takes in this input.</summary>
    public readonly int RequestSizeMin => MemberSizeMin + 1;

    /// <summary>Expects members as <see cref="ByteWriter.ShareMembers"/> writes them, from here on.</summary>
    /// <param name="members">An empty list, which only the reader uses while it reads.</param>
    public void ShareMembers(List<Member> members) => _members = members;

    public byte Octet() => Raw(1)[0];

    /// <summary>Reads a byte that must be 0 or 1.</summary>
    public bool Flag() => Octet() switch
    {
        0 => false,
        1 => true,
        var other => throw Damaged($"a flag is {other}"),
    };

    /// <summary>Reads a LEB128 number of up to 64 bits.</summary>
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

    /// <summary>Reads a difference and adds it to <paramref name="before"/>. The sum must not be negative.</summary>
    public long CountFrom(long before)
    {
        var coded = (ulong)Number();
        var count = unchecked(before + ((long)(coded >> 1) ^ -(long)(coded & 1)));
        return count >= 0 ? count : throw Damaged($"a count differs too much from {before}");
    }

    /// <summary>Reads a number that must not be negative.</summary>
    public long Count() => Number() is var count and >= 0 ? count : throw Damaged("a count is negative");

    /// <summary>Reads a number that must fit into 32 bits: a size, a priority.</summary>
    public int Integer() => Number() is var value && (int)value == value ? (int)value : throw Damaged("a number has more than 32 bits");

    /// <summary>Reads 8 bytes, little-endian.</summary>
    public ulong Hash() => BinaryPrimitives.ReadUInt64LittleEndian(Raw(8));

    /// <summary>Reads 16 bytes.</summary>
    public Guid Identity() => new(Raw(16));

    /// <summary>Reads a length and that many bytes. The result is a view of the input, not a copy.</summary>
    public ReadOnlySpan<byte> Bytes()
    {
        var length = Count();
        return length <= _bytes.Length - _position ? Raw((int)length) : throw Damaged($"{length} bytes are announced");
    }

    /// <summary>Reads a length and that many bytes. The result stays valid: it is a view of kept bytes, or a copy.</summary>
    public ReadOnlyMemory<byte> Value()
    {
        var bytes = Bytes();
        if (_kept is not { } kept || bytes.IsEmpty)
        {
            return bytes.ToArray();
        }

        var view = kept.Slice(_position - bytes.Length, bytes.Length);
        if (_slab is not null)
        {
            return _slab.Hold(view);
        }

        _hasView = true;
        return view;
    }

    /// <summary>
    /// Reads a length and that many bytes of UTF-8. Only for bytes that this program has written, or whose size is bounded.
    /// </summary>
    public string Text() => StrictText.Decode(Bytes());

    /// <summary>Reads a text of at most so many characters. A much longer one is not even decoded.</summary>
    public string Text(int lengthMax)
    {
        var text = StrictText.Decode(Bytes(lengthMax));
        return text.Length <= lengthMax ? text : throw TooLong(lengthMax);
    }

    /// <summary>
    /// Reads the key of a pair, or another text that comes again and again: a length and that many bytes of UTF-8. Equal ones often share
    /// one string.
    /// </summary>
    /// <param name="lengthMax">The most characters. Keys of pairs have the bound of a pair.</param>
    public string Key(int lengthMax = int.MaxValue / CharacterSizeMax) => TextCache.Keys.Decode(Bytes(lengthMax));

    /// <summary>Reads all remaining bytes. The result is a view of the input, not a copy.</summary>
    public ReadOnlySpan<byte> Rest() => Raw(_bytes.Length - _position);

    /// <summary>Reads exactly <paramref name="size"/> bytes. The result is a view of the input, not a copy.</summary>
    public ReadOnlySpan<byte> Raw(int size)
    {
        if (size > _bytes.Length - _position)
        {
            throw Damaged($"{size} more bytes should follow");
        }

        var taken = _bytes.Slice(_position, size);
        _position += size;
        return taken;
    }

    public ProcessName Name() => NameOf(Bytes());

    /// <summary>Decodes the name of a process from its UTF-8 bytes.</summary>
    /// <exception cref="InvalidDataException">The bytes are no UTF-8, or the text is no name of a process.</exception>
    public static ProcessName NameOf(ReadOnlySpan<byte> text)
    {
        if (text.Length > NameSizeMax)
        {
            throw new InvalidDataException($"The name of a process has {text.Length} bytes; at most {NameSizeMax} are allowed.");
        }

        try
        {
            return new ProcessName(TextCache.Names.Decode(text));
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

    public Boot Boot() => new(Count(), Hash());

    public RequestId Request() => new(Member(), Count());

    public RequestKeyHash RequestKey() => new(Identity());

    /// <summary>Reads the number of items, then each item.</summary>
    /// <param name="itemSizeMin">The least number of bytes of an item. A number of items that cannot fit is refused.</param>
    /// <param name="read">Reads one item.</param>
    public ImmutableArray<T> List<T>(int itemSizeMin, Read<T> read)
    {
        ArgumentNullException.ThrowIfNull(read);
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

    /// <summary>Demands that all bytes were read.</summary>
    public readonly void End()
    {
        if (_position != _bytes.Length)
        {
            throw Damaged($"{_bytes.Length - _position} bytes remain");
        }
    }

    /// <summary>Makes the exception for bad bytes at the current position.</summary>
    /// <param name="what">The fault, as a clause: "a flag is 7".</param>
    public readonly InvalidDataException Damaged(string what) =>
        new($"Cannot decode {_bytes.Length} bytes: at byte {_position}, {what}.");

    private ReadOnlySpan<byte> Bytes(int lengthMax)
    {
        var bytes = Bytes();
        return bytes.Length <= CharacterSizeMax * lengthMax ? bytes : throw TooLong(lengthMax);
    }

    private readonly InvalidDataException TooLong(int lengthMax) =>
        Damaged($"a text is too long; at most {lengthMax} characters are allowed");

    private Member WrittenMember()
    {
        var name = Bytes();
        return MemberCache.OfThread.Decode(name, new Incarnation(Identity()));
    }
}

using System.Buffers.Binary;
using System.Collections.Immutable;

namespace RaftActors.Core.Codec;

/// <summary>
/// Writes the bytes that a <see cref="ByteReader"/> reads. Numbers are LEB128: 7 bits a byte, lowest first. Texts and bytes carry their
/// length. A writer that is used again after <see cref="Clear"/> allocates nothing. Not thread-safe.
/// </summary>
internal sealed class ByteWriter
{
    private const int SizeMin = 256;

    private byte[] _buffer = [];

    // The place of each member written so far, counted from 1, or null if members are not shared.
    private Dictionary<Member, int>? _members;

    /// <summary>The format level of the next bytes. Not changed by <see cref="Clear"/>.</summary>
    public byte Level { get; set; } = FormatRange.Own.Highest;

    public int Length { get; private set; }

    /// <summary>
    /// The bytes written, to fill in the places that <see cref="Room"/> left. Valid until the next write or <see cref="Clear"/>.
    /// </summary>
    public Span<byte> Written => _buffer.AsSpan(0, Length);

    /// <summary>Number of members that are shared so far; 0 if members are not shared.</summary>
    public int SharedMembers => _members?.Count ?? 0;

    /// <summary>The characters in the names of the members that are shared so far.</summary>
    public long SharedLength { get; private set; }

    public byte[] ToArray() => Written.ToArray();

    /// <summary>
    /// Forgets the bytes written and keeps the buffer, unless the buffer is larger than <paramref name="keptSizeMax"/>.
    /// </summary>
    public void Clear(int keptSizeMax = int.MaxValue)
    {
        Length = 0;
        ForgetMembers();
        if (_buffer.Length > keptSizeMax)
        {
            _buffer = [];
        }
    }

    /// <summary>
    /// Forgets the bytes from a place on. Members that they introduced stay shared: call <see cref="ForgetMembers"/> too.
    /// </summary>
    /// <param name="length">The number of bytes to keep, at most <see cref="Length"/>.</param>
    public void Cut(int length) => Length = length;

    /// <summary>Forgets the shared members. The reader must forget them at the same place.</summary>
    public void ForgetMembers()
    {
        _members?.Clear();
        SharedLength = 0;
    }

    /// <summary>Gives the bytes written to the caller, and continues in another buffer. Shared members stay known.</summary>
    /// <param name="next">The buffer to continue in. Its content is overwritten.</param>
    public ArraySegment<byte> Detach(byte[] next)
    {
        var written = new ArraySegment<byte>(_buffer, 0, Length);
        _buffer = next;
        Length = 0;
        return written;
    }

    /// <summary>
    /// Writes each member in full only once, from here on: 0 and the member. Later occurrences are its place among the members
    /// written: 1, 2 and so on. <see cref="Clear"/> forgets the members, and sharing stays on.
    /// </summary>
    public void ShareMembers() => _members ??= [];

    /// <summary>Writes <paramref name="size"/> zeros, to be filled in through <see cref="Written"/>.</summary>
    public void Room(int size) => Next(size).Clear();

    public void Octet(byte value) => Next(1)[0] = value;

    public void Flag(bool value) => Octet(value ? (byte)1 : (byte)0);

    /// <summary>Writes a number in 1 to 10 bytes. A negative number takes 10.</summary>
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

    /// <summary>Writes a number of either sign; the nearer it is to zero, the shorter.</summary>
    public void Difference(long value) => Number((value << 1) ^ (value >> 63));

    /// <summary>Writes 8 bytes, little-endian.</summary>
    public void Hash(ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(Next(8), value);

    /// <summary>Writes 16 bytes.</summary>
    public void Identity(Guid value) => value.TryWriteBytes(Next(16));

    /// <summary>Writes a length and the bytes.</summary>
    public void Bytes(ReadOnlySpan<byte> value)
    {
        Number(value.Length);
        Rest(value);
    }

    /// <summary>Writes a length and the UTF-8 bytes of a text.</summary>
    /// <exception cref="ArgumentException">The text has half a surrogate pair.</exception>
    public void Text(string value)
    {
        var size = StrictText.SizeOf(value);
        Number(size);
        StrictText.Encode(value, Next(size));
    }

    /// <summary>Writes bytes without a length. They must be the last in the output, or of a size that the reader knows.</summary>
    public void Rest(ReadOnlySpan<byte> value) => value.CopyTo(Next(value.Length));

    /// <summary>Demands that the bytes have at least this format level.</summary>
    /// <exception cref="ArgumentException">They have a lower one, so their reader would not understand what follows.</exception>
    public void DemandLevel(byte level)
    {
        if (level > Level)
        {
            throw new ArgumentException($"Bytes of format level {Level} cannot have content of level {level}.", nameof(level));
        }
    }

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
            SharedLength += value.Name.Value.Length;
            Number(0);
        }

        Text(value.Name.Value);
        Identity(value.Incarnation.Value);
    }

    public void Boot(Boot value)
    {
        Number(value.Number);
        Hash(value.Mark);
    }

    public void Request(RequestId value)
    {
        Member(value.Origin);
        Number(value.Number);
    }

    public void RequestKey(RequestKeyHash value) => Identity(value.Value);

    /// <summary>Writes the number of items, then each item.</summary>
    public void List<T>(ImmutableArray<T> items, Action<T> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        Number(items.Length);
        foreach (var item in items)
        {
            write(item);
        }
    }

    /// <summary>Writes whether there is a value, then the value if there is one.</summary>
    public void Optional<T>(T? value, Action<ByteWriter, T> write)
        where T : struct
    {
        Flag(value is not null);
        if (value is { } known)
        {
            write(this, known);
        }
    }

    /// <inheritdoc cref="Optional{T}(T?, Action{ByteWriter, T})"/>
    public void Optional<T>(T? value, Action<ByteWriter, T> write)
        where T : class
    {
        Flag(value is not null);
        if (value is not null)
        {
            write(this, value);
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

using System.Buffers.Binary;

namespace RaftActors.Network;

/// <summary>
/// The head of one message of a custom transport: version, purpose, the number of the sender's <see cref="CustomConnection"/>, and two
/// more numbers, little-endian. Frames follow, the first of which writes all names in full.
/// </summary>
/// <param name="From">The number of the sender's connection.</param>
/// <param name="To">Of frames: the number of the receiver's connection. Otherwise: the number of the question.</param>
/// <param name="Number">Of frames: the number of this message. Otherwise: the highest format level of the sender.</param>
internal readonly record struct Datagram(Datagram.Purpose Kind, ulong From, ulong To, long Number)
{
    public const int Size = 2 + (3 * sizeof(ulong));

    private const byte Version = 1;

    /// <summary>The numbers are on the wire.</summary>
    internal enum Purpose : byte
    {
        /// <summary>Asks for the number of the present connection.</summary>
        Ask = 1,

        /// <summary>Answers an <see cref="Ask"/>.</summary>
        Answer = 2,

        /// <summary>Carries frames.</summary>
        Frames = 3,
    }

    public byte[] ToBytes(ReadOnlySpan<byte> frames = default)
    {
        var bytes = new byte[Size + frames.Length];
        (bytes[0], bytes[1]) = (Version, (byte)Kind);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(2), From);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(2 + sizeof(ulong)), To);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(2 + (2 * sizeof(ulong))), Number);
        frames.CopyTo(bytes.AsSpan(Size));
        return bytes;
    }

    /// <exception cref="InvalidDataException">The bytes are no head.</exception>
    public static Datagram Read(ReadOnlySpan<byte> bytes) =>
        bytes.Length < Size ? throw new InvalidDataException($"It has {bytes.Length} bytes, and a head has {Size}.")
        : bytes[0] != Version ? throw new InvalidDataException(
            $"Its format has version {bytes[0]}, and this node knows only {Version}: update this node.")
        : !Enum.IsDefined((Purpose)bytes[1]) ? throw new InvalidDataException($"{bytes[1]} is no kind of message.")
        : new Datagram(
            (Purpose)bytes[1],
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[2..]),
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[(2 + sizeof(ulong))..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[(2 + (2 * sizeof(ulong)))..]));
}

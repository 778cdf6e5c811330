using System.Buffers.Binary;
using System.Security.Authentication;

using RaftActors.Core.Codec;
using RaftActors.Wire;

namespace RaftActors.Transport;

/// <summary>
/// The first bytes of a connection. The connecting node names itself and the node that it expects; the listening node answers with its own
/// identity, or closes. With <c>raft.security</c> the handshake of TLS comes before.
/// </summary>
/// <param name="Address">The address of the connecting actor system.</param>
/// <param name="Node">The identity of the connecting actor system.</param>
/// <param name="Expected">The identity of the listening one, as its <see cref="WireMessage.LaneAt"/> said. 0: it is not known.</param>
/// <param name="Kind">The purpose of the connection.</param>
/// <param name="Port">The port where the connecting actor system takes connections, at the host of its address; 0: it takes none.</param>
internal readonly record struct LaneHandshake(string Address, ulong Node, ulong Expected, LaneKind Kind, int Port)
{
    /// <summary>The bytes before the rest of a handshake: the magic number, the version of the lane, and the length of the rest.</summary>
    public const int HeadSize = MagicSize + 1 + sizeof(ushort);

    /// <summary>The bytes of an answer.</summary>
    public const int AnswerSize = MagicSize + 1 + sizeof(ulong);

    private const int MagicSize = 8;
    private const byte Version = 1;

    // The first byte of a handshake of TLS.
    private const byte TlsHandshake = 0x16;
    private const int RestSizeMax = 1024;

    private static ReadOnlySpan<byte> Magic => "RAFTLANE"u8;

    public byte[] ToBytes()
    {
        var rest = new ByteWriter();
        rest.Octet(RaftMessageSerializer.Version);
        rest.Text(Address);
        rest.Hash(Node);
        rest.Hash(Expected);
        rest.Octet((byte)Kind);
        rest.Number(Port);
        var bytes = new byte[HeadSize + rest.Length];
        WriteStart(bytes);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(MagicSize + 1), (ushort)rest.Length);
        rest.Written.CopyTo(bytes.AsSpan(HeadSize));
        return bytes;
    }

    /// <summary>Reads the head, and returns the length of the rest.</summary>
    /// <exception cref="InvalidDataException">The bytes are no handshake of this version.</exception>
    public static int ReadHead(ReadOnlySpan<byte> head)
    {
        DemandStart(head);
        var size = BinaryPrimitives.ReadUInt16LittleEndian(head[(MagicSize + 1)..]);
        return size <= RestSizeMax ? size : throw new InvalidDataException($"The handshake announces {size} bytes; at most {RestSizeMax}.");
    }

    /// <exception cref="InvalidDataException">The bytes are no handshake of this version.</exception>
    public static LaneHandshake ReadRest(ReadOnlySpan<byte> rest)
    {
        var reader = new ByteReader(rest);
        var format = reader.Octet();
        if (format != RaftMessageSerializer.Version)
        {
            throw reader.Damaged($"its messages have version {format}, and this node knows only {RaftMessageSerializer.Version}");
        }

        var handshake = new LaneHandshake(reader.Text(), reader.Hash(), reader.Hash(), ReadKind(ref reader), ReadPort(ref reader));
        reader.End();
        return handshake;
    }

    public static byte[] AnswerOf(ulong node)
    {
        var bytes = new byte[AnswerSize];
        WriteStart(bytes);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(MagicSize + 1), node);
        return bytes;
    }

    /// <summary>Reads the identity of the listening actor system.</summary>
    /// <exception cref="InvalidDataException">The bytes are no answer of this version.</exception>
    public static ulong ReadAnswer(ReadOnlySpan<byte> answer)
    {
        DemandStart(answer);
        return BinaryPrimitives.ReadUInt64LittleEndian(answer[(MagicSize + 1)..]);
    }

    /// <summary>Waits for the answer, and returns the identity of the listening actor system.</summary>
    /// <exception cref="InvalidDataException">The bytes are no answer, or the other side has closed the connection.</exception>
    /// <exception cref="AuthenticationException">The other side does not accept this one.</exception>
    public static async Task<ulong> ReadAnswerAsync(LaneChannel channel, bool isSecure, CancellationToken cancellation)
    {
        var answer = new byte[AnswerSize];
        try
        {
            for (var read = 0; read < answer.Length;)
            {
                var count = await channel.ReceiveAsync(answer.AsMemory(read), cancellation).ConfigureAwait(false);
                read += count > 0 ? count : throw new InvalidDataException(
                    "the other node did not accept this one; its log says why");
            }
        }
        catch (IOException e) when (isSecure)
        {
            // TLS 1.3 tells the connecting side only now that its certificate was refused.
            throw new AuthenticationException(
                $"the other node did not accept this one; its log says why ({(e.InnerException ?? e).Message})", e);
        }

        return ReadAnswer(answer);
    }

    private static LaneKind ReadKind(ref ByteReader reader) => reader.Octet() switch
    {
        <= (byte)LaneKind.Successor and var kind => (LaneKind)kind,
        var other => throw reader.Damaged($"the kind of the connection is {other}"),
    };

    private static int ReadPort(ref ByteReader reader) =>
        reader.Count() is var port && port <= ushort.MaxValue ? (int)port : throw reader.Damaged($"the port is {port}");

    private static void WriteStart(Span<byte> bytes)
    {
        Magic.CopyTo(bytes);
        bytes[MagicSize] = Version;
    }

    private static void DemandStart(ReadOnlySpan<byte> bytes)
    {
        if (bytes[0] == TlsHandshake)
        {
            throw new InvalidDataException("It uses TLS, and this node does not. Set raft.security on both, or on none.");
        }

        if (!bytes.StartsWith(Magic))
        {
            throw new InvalidDataException("The first bytes are not those of a raft node.");
        }

        if (bytes[MagicSize] != Version)
        {
            throw new InvalidDataException($"The version of the lane is {bytes[MagicSize]}, and this node knows only {Version}.");
        }
    }
}

using System.Buffers.Binary;
using System.Security.Authentication;

using Akka.Actor;

using RaftActors.Core.Codec;
using RaftActors.Security;
using RaftActors.Settings;

namespace RaftActors.Network;

/// <summary>
/// The first bytes of a connection. The connecting node names itself; the listening node answers with its format levels, or closes. With
/// <c>raft.security</c> the handshake of TLS comes before.
/// </summary>
/// <param name="Address">The address of the connecting actor system.</param>
/// <param name="Node">The identity of the connecting actor system, which changes with each start.</param>
internal readonly record struct Handshake(string Address, ulong Node, ConnectionKind Kind)
{
    /// <summary>The format levels of the connecting node.</summary>
    public FormatRange Formats { get; init; } = FormatRange.Own;

    /// <summary>The size of the magic number, its version, and the length of the rest.</summary>
    public const int HeadSize = MagicSize + 1 + sizeof(ushort);

    public const int AnswerSize = MagicSize + 1 + 2;

    private const int MagicSize = 8;
    private const byte Version = 1;

    // The first byte of a TLS handshake.
    private const byte TlsHandshake = 0x16;
    private const int RestSizeMax = 1024;

    private static ReadOnlySpan<byte> Magic => "RAFTCONN"u8;

    public byte[] ToBytes()
    {
        var rest = new ByteWriter();
        rest.Octet(Formats.Lowest);
        rest.Octet(Formats.Highest);
        rest.Text(Address);
        rest.Hash(Node);
        rest.Octet((byte)Kind);
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
    public static Handshake ReadRest(ReadOnlySpan<byte> rest)
    {
        var reader = new ByteReader(rest);
        var formats = new FormatRange(reader.Octet(), reader.Octet());
        var handshake = new Handshake(reader.Text(), reader.Hash(), ReadKind(ref reader)) { Formats = formats };
        reader.End();
        return handshake;
    }

    public static byte[] AnswerOf(FormatRange formats)
    {
        var bytes = new byte[AnswerSize];
        WriteStart(bytes);
        (bytes[^2], bytes[^1]) = (formats.Lowest, formats.Highest);
        return bytes;
    }

    /// <summary>Reads the format levels of the listening actor system.</summary>
    /// <exception cref="InvalidDataException">The bytes are no answer of this version.</exception>
    public static FormatRange ReadAnswer(ReadOnlySpan<byte> answer)
    {
        DemandStart(answer);
        return new FormatRange(answer[^2], answer[^1]);
    }

    /// <summary>Returns the highest level that both sides know.</summary>
    /// <exception cref="InvalidDataException">There is none.</exception>
    public static byte LevelOf(FormatRange own, FormatRange other) => own.CommonWith(other) ?? throw new InvalidDataException(
        $"Its program knows format {other}, and that of this node {own}. Upgrade the older one step by step.");

    /// <summary>Waits for the answer, and returns the format levels of the listening actor system.</summary>
    /// <exception cref="InvalidDataException">The bytes are no answer, or the other side has closed the connection.</exception>
    /// <exception cref="AuthenticationException">The other side does not accept this one.</exception>
    public static async Task<FormatRange> ReadAnswerAsync(ByteChannel channel, bool isSecure, CancellationToken cancellation)
    {
        try
        {
            return ReadAnswer(await TryReadAsync(channel, AnswerSize, cancellation).ConfigureAwait(false)
                ?? throw new InvalidDataException("the other node did not accept this one; its log says why"));
        }
        catch (IOException e) when (isSecure)
        {
            // With TLS 1.3, the connecting side learns only now that its certificate was refused.
            throw new AuthenticationException(
                $"the other node did not accept this one; its log says why ({(e.InnerException ?? e).Message})", e);
        }
    }

    /// <summary>Reads some bytes, or returns null if the connection ends before.</summary>
    public static async Task<byte[]?> TryReadAsync(ByteChannel channel, int size, CancellationToken cancellation)
    {
        var bytes = new byte[size];
        for (var (read, count) = (0, 0); read < size; read += count)
        {
            count = await channel.ReceiveAsync(bytes.AsMemory(read), cancellation).ConfigureAwait(false);
            if (count == 0)
            {
                return null;
            }
        }

        return bytes;
    }

    private static ConnectionKind ReadKind(ref ByteReader reader) => reader.Octet() switch
    {
        <= (byte)ConnectionKind.Client and var kind => (ConnectionKind)kind,
        var other => throw reader.Damaged($"the kind of the connection is {other}"),
    };

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
            throw new InvalidDataException($"The version of the handshake is {bytes[MagicSize]}, and this node knows only {Version}.");
        }
    }
}

/// <summary>The outcome of the handshake of an incoming connection.</summary>
/// <param name="Peer">The address of the other actor system.</param>
/// <param name="Identity">Null without encryption. Then every program has all rights.</param>
/// <param name="ClientRole">The rights of a client, or null if the other side is a node.</param>
internal sealed record HandshakeResult(Address Peer, PeerIdentity? Identity, ConnectionRole? ClientRole)
{
    /// <summary>The identity of this start of the other actor system.</summary>
    public ulong Node { get; init; }

    /// <summary>The format level of answers on this connection.</summary>
    public byte Level { get; init; } = FormatRange.Own.Lowest;

    /// <summary>Reads the other side's part. <see cref="AnswerAsync"/> completes the handshake.</summary>
    /// <exception cref="InvalidDataException">The other side is no raft node, or has no rights here.</exception>
    /// <exception cref="System.Security.Authentication.AuthenticationException">The other side could not prove its identity.</exception>
    public static async Task<HandshakeResult> TakeAsync(ByteChannel channel, NetworkContext context, CancellationToken cancellation)
    {
        var identity = context.Credentials?.Current is { } credentials
            ? await channel.AuthenticateAsServerAsync(credentials, cancellation).ConfigureAwait(false)
            : null;
        var head = await ReadAsync(channel, Handshake.HeadSize, cancellation).ConfigureAwait(false);
        var rest = await ReadAsync(channel, Handshake.ReadHead(head), cancellation).ConfigureAwait(false);
        var handshake = Handshake.ReadRest(rest);
        if (!Address.TryParse(handshake.Address, out Address? peer) || peer.HasLocalScope || peer.Port is null)
        {
            throw new InvalidDataException($"'{handshake.Address}' is no address of an actor system.");
        }

        if (FormatRange.Own.CommonWith(handshake.Formats) is null)
        {
            // The handshake is answered first, because without an answer the other side could not tell why it is refused.
            await AnswerAsync(channel, cancellation).ConfigureAwait(false);
        }

        // Justification: the address of another system has a host.
        if (identity is { Role: null } && (handshake.Kind == ConnectionKind.Node || identity.VouchesFor(peer.Host!)))
        {
            await context.NamesKnown.WaitAsync(cancellation).ConfigureAwait(false);
        }

        var role = handshake.Kind == ConnectionKind.Client ? RoleOfClient(identity, peer, context) : (ConnectionRole?)null;
        var greeting = new HandshakeResult(peer, identity, role)
        {
            Node = handshake.Node,
            Level = Handshake.LevelOf(FormatRange.Own, handshake.Formats),
        };
        if (identity is not null && greeting.ClientRole is null)
        {
            DemandNode(identity, peer, context);
        }

        return greeting;
    }

    /// <summary>Tells the other side that the connection takes its messages.</summary>
    public static ValueTask AnswerAsync(ByteChannel channel, CancellationToken cancellation) =>
        channel.WriteAsync(Handshake.AnswerOf(FormatRange.Own), cancellation);

    // A node has the rights of an operator as a client, even if it is a node only because a group names it.
    private static ConnectionRole RoleOfClient(PeerIdentity? identity, Address peer, NetworkContext context) => identity switch
    {
        null or { Role: ConnectionRole.Node } => ConnectionRole.Operator,
        { Role: { } role } => role,
        _ when identity.VouchesFor(peer.Host!) && context.IsNamed(peer) => ConnectionRole.Operator, // Justification: it has a host.
        _ => throw new InvalidDataException(
            $"{identity} has no role here. Name it in raft.security.roles.reader, writer or operator, on all nodes."),
    };

    private static void DemandNode(PeerIdentity identity, Address peer, NetworkContext context)
    {
        if (!identity.VouchesFor(peer.Host!)) // Justification: the address of another system has a host.
        {
            throw new InvalidDataException(
                $"{identity} says that it is {peer}, and its certificate is not for '{peer.Host}'. Issue one with that subject alternative "
                + "name.");
        }

        if (identity.Role != ConnectionRole.Node && !(identity.Role is null && context.IsNamed(peer)))
        {
            throw new InvalidDataException(
                $"{identity} at {peer} is not known as a node. Name it in raft.security.roles.node, or with discovery = node-names in the "
                + "roster or raft.contacts; a joining node is known after Join.");
        }
    }

    private static async Task<byte[]> ReadAsync(ByteChannel channel, int size, CancellationToken cancellation) =>
        await Handshake.TryReadAsync(channel, size, cancellation).ConfigureAwait(false)
        ?? throw new InvalidDataException("The connection ended before its handshake was complete.");
}

/// <summary>The purpose of a connection. The numbers are on the wire.</summary>
internal enum ConnectionKind : byte
{
    /// <summary>Carries the messages of a node.</summary>
    Node = 0,

    /// <summary>Carries the calls of a client, which has no port of its own. The answers come by the same connection.</summary>
    Client = 1,
}

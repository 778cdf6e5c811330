using Akka.Actor;

using RaftActors.Security;
using RaftActors.Wire;

namespace RaftActors.Transport;

/// <summary>The outcome of the handshake of an incoming connection.</summary>
/// <param name="Peer">The address of the other actor system.</param>
/// <param name="Identity">Null: the connection is not encrypted, and every program may do all.</param>
/// <param name="ClientRole">The rights of a client; null: the other side is a node.</param>
internal sealed record LaneGreeting(Address Peer, LaneIdentity? Identity, LaneRole? ClientRole)
{
    /// <summary>The identity of the other actor system.</summary>
    public ulong Node { get; init; }

    /// <summary>Where the other actor system takes connections; null: it takes none.</summary>
    public WireMessage.LaneAt? Endpoint { get; init; }

    /// <summary>The connection takes the place of the latest one of the same actor system.</summary>
    public bool IsSuccessor { get; init; }

    /// <summary>
    /// Shakes hands, up to the answer of <see cref="AnswerAsync"/>. Null: the other side looks for an actor system that had this port
    /// before.
    /// </summary>
    /// <exception cref="InvalidDataException">The other side is no raft node, or has no rights here.</exception>
    /// <exception cref="System.Security.Authentication.AuthenticationException">It could not prove its identity.</exception>
    public static async Task<LaneGreeting?> TakeAsync(LaneChannel channel, LaneContext context, CancellationToken cancellation)
    {
        var identity = context.Credentials?.Current is { } credentials
            ? await channel.AuthenticateAsServerAsync(credentials, cancellation).ConfigureAwait(false)
            : null;
        var head = await ReadAsync(channel, LaneHandshake.HeadSize, cancellation).ConfigureAwait(false);
        var rest = await ReadAsync(channel, LaneHandshake.ReadHead(head), cancellation).ConfigureAwait(false);
        var handshake = LaneHandshake.ReadRest(rest);
        if (!Address.TryParse(handshake.Address, out Address? peer) || peer.HasLocalScope || peer.Port is null)
        {
            throw new InvalidDataException($"'{handshake.Address}' is no address of an actor system.");
        }

        if (handshake.Expected != context.Node && handshake.Expected != 0)
        {
            return null;
        }

        var greeting = new LaneGreeting(peer, identity, handshake.Kind == LaneKind.Client ? RoleOfClient(identity) : null)
        {
            Node = handshake.Node,
            Endpoint = handshake.Port > 0 ? new WireMessage.LaneAt(handshake.Port, handshake.Node) : null,
            IsSuccessor = handshake.Kind == LaneKind.Successor,
        };
        if (identity is not null && greeting.ClientRole is null)
        {
            if (identity.Role is null)
            {
                await context.NamesKnown.WaitAsync(cancellation).ConfigureAwait(false);
            }

            DemandNode(identity, peer, context);
        }

        return greeting;
    }

    /// <summary>Tells the other side that the connection takes its messages.</summary>
    public static async Task AnswerAsync(LaneChannel channel, LaneContext context, CancellationToken cancellation)
    {
        await channel.WriteAsync(LaneHandshake.AnswerOf(context.Node), cancellation).ConfigureAwait(false);
        channel.Begin();
    }

    // A node may do as a client what an operator may.
    private static LaneRole RoleOfClient(LaneIdentity? identity) => identity switch
    {
        null or { Role: LaneRole.Node } => LaneRole.Operator,
        { Role: { } role } => role,
        _ => throw new InvalidDataException(
            $"{identity} has no role here. Name it in raft.security.roles.reader, writer or operator, on all nodes."),
    };

    private static void DemandNode(LaneIdentity identity, Address peer, LaneContext context)
    {
        if (!identity.VouchesFor(peer.Host!)) // Justification: the address of another system has a host.
        {
            throw new InvalidDataException(
                $"{identity} says that it is {peer}, and its certificate is not for '{peer.Host}'. Issue one with that subject alternative "
                + "name.");
        }

        if (identity.Role != LaneRole.Node && !(identity.Role is null && context.IsNamed(peer)))
        {
            throw new InvalidDataException(
                $"{identity} at {peer} is not known as a node. Name it in raft.security.roles.node, or with discovery = node-names in the "
                + "roster or raft.contacts; a joining node is known after Join.");
        }
    }

    private static async Task<byte[]> ReadAsync(LaneChannel channel, int size, CancellationToken cancellation)
    {
        var bytes = new byte[size];
        for (var read = 0; read < size;)
        {
            var count = await channel.ReceiveAsync(bytes.AsMemory(read), cancellation).ConfigureAwait(false);
            read += count > 0 ? count : throw new InvalidDataException("The connection ended before its handshake was complete.");
        }

        return bytes;
    }
}

using System.Net.Sockets;
using System.Security.Authentication;

using Akka.Actor;

using RaftActors.Core.Codec;
using RaftActors.Security;

namespace RaftActors.Network;

/// <summary>One outgoing connection. Its owner's lock guards all but the sending.</summary>
internal sealed class OutboundSocket : IDisposable
{
    private readonly NetworkContext _context;
    private readonly ByteChannel _channel = new(new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true });
    private readonly ConnectionKind _kind;
    private volatile PeerIdentity? _identity;
    private CertificateCredentials? _credentials;
    private byte _level;

    /// <param name="gate">The owner's lock.</param>
    /// <param name="onLost">See <see cref="FrameSender"/>.</param>
    public OutboundSocket(NetworkContext context, Lock gate, Action<OutboundSocket, Exception?> onLost)
    {
        _context = context;
        _kind = context.Listens() ? ConnectionKind.Node : ConnectionKind.Client;
        var frames = new FrameWriter(
            context.Own,
            context.Settings.FrameSizeMaxBytes,
            knownLengthMax: IsClient ? FrameWriter.KnownLengthForClientMax : FrameWriter.KnownLengthMax);
        Sender = new FrameSender(gate, _channel, frames, context.Metrics, cause => onLost(this, cause));
    }

    public FrameSender Sender { get; }

    /// <summary>Answers come by this connection.</summary>
    public bool IsClient => _kind == ConnectionKind.Client;

    /// <summary>The other side has proved that it is the node. It learns that only later.</summary>
    public bool IsVerified => _identity is not null;

    /// <summary>The handshake is complete, so the connection takes messages.</summary>
    public bool IsConnected { get; private set; }

    /// <summary>Both sides have proved their identity with credentials that have changed since.</summary>
    public bool IsOutdated => _context.Credentials is { } store && _credentials != store.Current;

    /// <summary>Whether the present credentials would let this node connect to the other one.</summary>
    public bool IsStillAccepted => _identity is null || _context.Credentials!.Current.StillAccepts(_identity);

    /// <exception cref="SocketException">There is no connection.</exception>
    /// <exception cref="InvalidDataException">The other side is not the node.</exception>
    /// <exception cref="AuthenticationException">The other side cannot prove its identity, or does not accept this node's.</exception>
    public async Task ConnectAsync(string host, int port, CancellationToken cancellation)
    {
        await _channel.Socket.ConnectAsync(host, port, cancellation);
        if (Equals(_channel.Socket.LocalEndPoint, _channel.Socket.RemoteEndPoint))
        {
            // The port is one that the system gives to clients. It has given this socket the very port that it asked for.
            throw new SocketException((int)SocketError.ConnectionRefused);
        }

        if (_context.Credentials?.Current is { } credentials)
        {
            _credentials = credentials;
            _identity = await _channel.AuthenticateAsClientAsync(credentials, host, cancellation);
        }

        await _channel.WriteAsync(new Handshake(_context.Own.ToString(), _context.Node, _kind).ToBytes(), cancellation);
        var formats = await Handshake.ReadAnswerAsync(_channel, _context.Credentials is not null, cancellation);
        _level = Handshake.LevelOf(FormatRange.Own, formats);

        _channel.KeepAlive();
        _channel.EndWithoutAnswer();
        _channel.Begin();
        _channel.Socket.Blocking = false;
    }

    /// <summary>
    /// The connection takes messages from now on. Those that are written already have the lowest level of this node, because the other
    /// node's levels were not known.
    /// </summary>
    public void Begin() => (IsConnected, Sender.Frames.Level) = (true, _level);

    /// <summary>Returns when the other side has closed the connection, which is the only thing that it may do.</summary>
    public async Task WaitForEndAsync() => await _channel.ReceiveAsync(new byte[1]);

    /// <summary>Reads the answers to a client until the connection ends.</summary>
    /// <exception cref="InvalidDataException">The other side sent damaged bytes.</exception>
    public Task ReadAnswersAsync(IConnection connection, Address peer) =>
        new InboundConnection(_channel, _context, connection, peer).RunAsync();

    /// <inheritdoc/>
    public void Dispose() => _channel.Dispose();
}

using System.Net.Sockets;
using System.Security.Authentication;

using Akka.Actor;

using RaftActors.Core.Codec;
using RaftActors.Security;
using RaftActors.Settings;

namespace RaftActors.Network;

/// <summary>One outgoing connection. Its owner's lock guards all but the sending.</summary>
internal sealed class OutboundSocket<TFrames> : IDisposable
    where TFrames : Frames
{
    private readonly NetworkContext _context;
    private readonly ConnectionKind _kind;
    private volatile PeerIdentity? _identity;
    private CertificateCredentials? _credentials;
    private byte _level;

    /// <param name="frames">The frames that are written for it.</param>
    /// <param name="gate">The owner's lock.</param>
    /// <param name="onLost">See <see cref="FrameSender"/>.</param>
    public OutboundSocket(
        ConnectionKind kind, TFrames frames, NetworkContext context, Lock gate, Action<OutboundSocket<TFrames>, Exception?> onLost)
    {
        (_kind, Frames, _context, Channel) = (kind, frames, context, context.Channels.New());
        Sender = new FrameSender(gate, Channel, frames, context.Metrics, cause => onLost(this, cause));
    }

    public ByteChannel Channel { get; }

    /// <summary>The frames that are not sent yet. Guarded by the lock.</summary>
    public TFrames Frames { get; }

    public FrameSender Sender { get; }

    /// <summary>The other side has proved to be the node. This side's own proof reaches it only later.</summary>
    public bool IsVerified => _identity is not null;

    public bool IsConnected { get; private set; }

    /// <summary>All was sent, and the other side has read it to the end.</summary>
    public bool IsDrained { get; private set; }

    /// <summary>The handshake used credentials that have changed since.</summary>
    public bool IsOutdated => _context.Credentials is { } store && _credentials != store.Current;

    /// <summary>Tells whether the present credentials still accept the other side.</summary>
    public bool IsStillAccepted => _identity is null || _context.Credentials!.Current.StillAccepts(_identity);

    /// <summary>Connects within <see cref="ConnectionFailure.Timeout"/>, to raft's port beside that of the node.</summary>
    /// <param name="node">An address with host and port.</param>
    /// <param name="firstFrames">Makes the frames before all others, at the level of the connection.</param>
    /// <exception cref="SocketException">There is no connection.</exception>
    /// <exception cref="OperationCanceledException">The other side did not answer in time.</exception>
    /// <exception cref="InvalidDataException">The other side is not the node.</exception>
    /// <exception cref="AuthenticationException">The other side cannot prove its identity, or does not accept this node's.</exception>
    public async Task ConnectAsync(Address node, Func<byte, ReadOnlyMemory<byte>> firstFrames)
    {
        var (host, port) = (node.Host!, _context.Settings.PortBeside(node.Port!.Value)); // Justification: see the parameter.
        using var timeout = new CancellationTokenSource(ConnectionFailure.Timeout, Machine.Current.Time);
        var cancellation = timeout.Token;
        await Channel.ConnectAsync(host, port, cancellation);
        if (_context.Credentials?.Current is { } credentials)
        {
            _credentials = credentials;
            _identity = await Channel.AuthenticateAsClientAsync(credentials, host, cancellation);
        }

        await Channel.WriteAsync(new Handshake(_context.Own.ToString(), _context.Node, _kind).ToBytes(), cancellation);
        var formats = await Handshake.ReadAnswerAsync(Channel, _context.Credentials is not null, cancellation);
        _level = Handshake.LevelOf(FormatRange.Own, formats);
        Channel.KeepAlive();
        Channel.EndWithoutAnswer();

        // These may be long. The channel ends without an answer, so they need no other limit of time.
        if (firstFrames(_level) is { IsEmpty: false } first)
        {
            await Channel.WriteAsync(first, CancellationToken.None);
            _context.Metrics.OnSent(first.Length);
        }

        Channel.Begin(keepsThread: false);
    }

    /// <summary>
    /// Lets the connection take messages at its own level. Frames that are written already have the lowest level, because the level was
    /// not known yet.
    /// </summary>
    public void Begin() => (IsConnected, Frames.Level) = (true, _level);

    /// <summary>Waits until the other side closes the connection, which is all that it may do.</summary>
    public async Task WaitForEndAsync() => IsDrained = await Channel.ReceiveAsync(new byte[1]) == 0 && Sender.HasFinished;

    public void Dispose() => Channel.Dispose();
}

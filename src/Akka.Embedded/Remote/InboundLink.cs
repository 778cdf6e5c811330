using System.Net;
using Akka.Actor;

namespace Akka.Remote;

/// <summary>
/// The receiving end of one connection. It handles the opener's hello, delivers its messages in order, and answers with
/// acknowledgements and heartbeats.
/// </summary>
internal sealed class InboundLink(TcpTransport transport, Connection connection, RemoteSettings settings)
{
    private readonly FrameReader _reader = new(connection, settings.MaximumFrameSizeBytes);
    private readonly DeadlineFailureDetector _detector = new(settings.LinkAcceptablePause, settings.LinkHeartbeatInterval);
    private readonly InboundDispatcher _dispatcher = new(transport, connection.Peer);
    private readonly WireWriter _answers = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Association? _association;
    private Exception? _closedBecause;

    /// <summary>Completes when the last message of this link has been delivered.</summary>
    public Task Ended => _ended.Task;

    /// <summary>The IP address of the opener, if known.</summary>
    public IPAddress? Peer => connection.Peer;

    public int PeerUid { get; private set; }

    public async Task RunAsync()
    {
        Exception? cause = null;
        try
        {
            if (await TryShakeHandsInTimeAsync().ConfigureAwait(false))
            {
                // Justification: null only if the handshake failed.
                await ReceiveAsync(_association!).ConfigureAwait(false);
            }
        }
        catch (Exception failure)
        {
            cause = _closedBecause ?? failure;
        }
        connection.Dispose();
        _ended.TrySetResult();
        transport.InboundEnded(this, _association, cause);
    }

    public void Tick()
    {
        if (!_detector.IsAvailable)
        {
            Close(OutboundLink.Silence());
        }
    }

    public void Close(Exception? cause = null)
    {
        _closedBecause ??= cause;
        connection.Close();
    }

    // At the deadline the connection is closed. That ends each read and write, also if the peer sends a byte per second or reads none.
    private async Task<bool> TryShakeHandsInTimeAsync()
    {
        using var deadline = new CancellationTokenSource(settings.ConnectionTimeout);
        using var closing = deadline.Token.UnsafeRegister(static link => ((InboundLink)link!).HandshakeTimedOut(), this);
        if (transport.Tls is { } tls)
        {
            await tls.AcceptAsync(connection).ConfigureAwait(false);
        }
        var isAccepted = await TryShakeHandsAsync().ConfigureAwait(false);
        transport.HandshakeEnded(this);
        return isAccepted;
    }

    private void HandshakeTimedOut() => Close(new TimeoutException(
        $"the handshake took longer than {settings.ConnectionTimeout.TotalSeconds} s (akka.remote.dot-netty.tcp.connection-timeout)"));

    /// <summary>Handles the hello. Returns whether the connection was accepted.</summary>
    private async Task<bool> TryShakeHandsAsync()
    {
        var hello = await ReadHelloAsync().ConfigureAwait(false);
        PeerUid = hello.Uid;
        var (association, refusal) = transport.Accept(hello, connection);
        if (refusal is { } because)
        {
            var frame = _answers.BeginFrame(FrameKind.Refusal);
            _answers.WriteByte((byte)because.Reason);
            _answers.WriteText(because.Text);
            _answers.EndFrame(frame);
            await AnswerAsync().ConfigureAwait(false);
            return false;
        }
        // Wait for the peer's older connection: its remaining messages precede those of this connection.
        // Justification: the association is null only if refused.
        _association = association!;
        while (!await _association.TryReplaceInboundAsync(this, hello.Uid).ConfigureAwait(false))
        {
            _association = transport.For(hello.From) is { IsClosed: false } next
                ? next
                : throw new WireException("this system is shutting down, or has connections with too many addresses", "closed");
        }
        var welcome = _answers.BeginFrame(FrameKind.Welcome);
        _answers.WriteInt32(transport.Uid);
        _answers.EndFrame(welcome);
        await AnswerAsync().ConfigureAwait(false);
        _reader.AdmitMessages();
        return true;
    }

    private async Task<Hello> ReadHelloAsync()
    {
        while (true)
        {
            if (_reader.TryRead(out var kind, out var body))
            {
                return Hello.Read(kind, body);
            }
            if (!await _reader.FillAsync().ConfigureAwait(false))
            {
                throw new WireException("the connection was closed before the handshake", "closed");
            }
        }
    }

    private async Task ReceiveAsync(Association association)
    {
        _detector.HeartBeat();
        do
        {
            Dispatch(association);
            await AnswerAsync().ConfigureAwait(false);
        }
        while (await _reader.FillAsync().ConfigureAwait(false));
    }

    private void Dispatch(Association association)
    {
        var isAsked = false;
        var hasSystemMessages = false;
        while (_reader.TryRead(out var kind, out var body))
        {
            switch (kind)
            {
                case FrameKind.Message:
                    _dispatcher.Deliver(body);
                    break;
                case FrameKind.SystemMessage:
                    hasSystemMessages = true;
                    var reader = new WireReader(body);
                    if (association.Inbox.Take(reader.ReadVarint()))
                    {
                        _dispatcher.DeliverSystemMessage(reader.Rest, association.Address);
                    }
                    break;
                case FrameKind.Heartbeat:
                    isAsked = true;
                    break;
                default:
                    throw new WireException($"the opener sent an unexpected frame of kind {kind}");
            }
        }
        _detector.HeartBeat();
        if (hasSystemMessages)
        {
            // Acknowledge known messages too: the earlier acknowledgement may have been lost with its connection.
            var frame = _answers.BeginFrame(FrameKind.Acknowledgement);
            _answers.WriteVarint(association.Inbox.LastTaken);
            _answers.EndFrame(frame);
        }
        if (isAsked)
        {
            _answers.EndFrame(_answers.BeginFrame(FrameKind.Heartbeat));
        }
    }

    private async ValueTask AnswerAsync()
    {
        for (var rest = _answers.Written; !rest.IsEmpty;)
        {
            rest = rest[await connection.SendAsync(rest).ConfigureAwait(false)..];
        }
        _answers.Clear();
    }
}

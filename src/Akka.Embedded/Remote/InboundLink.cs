using System.Net.Sockets;
using Akka.Actor;

namespace Akka.Remote;

/// <summary>
/// The receiving end of one connection. It handles the opener's hello, delivers its messages in order, and answers with
/// acknowledgements and heartbeats.
/// </summary>
internal sealed class InboundLink(TcpTransport transport, Socket socket, RemoteSettings settings)
{
    private readonly FrameReader _reader = new(socket, settings.MaximumFrameSizeBytes);
    private readonly DeadlineFailureDetector _detector = new(settings.LinkAcceptablePause, settings.LinkHeartbeatInterval);
    private readonly InboundDispatcher _dispatcher = new(transport);
    private readonly WireWriter _answers = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Exception? _closedBecause;

    /// <summary>Completes when the last message of this link has been delivered.</summary>
    public Task Ended => _ended.Task;

    public int PeerUid { get; private set; }

    public async Task RunAsync()
    {
        Association? association = null;
        Exception? cause = null;
        try
        {
            association = await ShakeHandsAsync().ConfigureAwait(false);
            if (association is not null)
            {
                await ReceiveAsync(association).ConfigureAwait(false);
            }
        }
        catch (Exception failure)
        {
            cause = _closedBecause ?? failure;
        }
        socket.Dispose();
        _ended.TrySetResult();
        transport.InboundEnded(this, association, cause);
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
        socket.Dispose();
    }

    /// <summary>Handles the hello. Returns the association of this connection, or null if the connection was refused.</summary>
    private async Task<Association?> ShakeHandsAsync()
    {
        var hello = await ReadHelloAsync().WaitAsync(settings.ConnectionTimeout).ConfigureAwait(false);
        PeerUid = hello.Uid;
        var (association, refusal) = transport.Accept(hello);
        if (refusal is { } because)
        {
            var frame = _answers.BeginFrame(FrameKind.Refusal);
            _answers.WriteByte((byte)because.Reason);
            _answers.WriteText(because.Text);
            _answers.EndFrame(frame);
            await AnswerAsync().ConfigureAwait(false);
            return null;
        }
        // Wait for the peer's older connection: its remaining messages precede those of this connection.
        // Justification: the association is null only if refused.
        while (!await association!.TryReplaceInboundAsync(this, hello.Uid).ConfigureAwait(false))
        {
            association = transport.For(hello.From);
        }
        var welcome = _answers.BeginFrame(FrameKind.Welcome);
        _answers.WriteInt32(transport.Uid);
        _answers.EndFrame(welcome);
        await AnswerAsync().ConfigureAwait(false);
        return association;
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
                throw new WireException("the connection was closed before the handshake");
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
                        _dispatcher.DeliverSystemMessage(reader.Rest);
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
            rest = rest[await socket.SendAsync(rest, SocketFlags.None).ConfigureAwait(false)..];
        }
        _answers.Clear();
    }
}

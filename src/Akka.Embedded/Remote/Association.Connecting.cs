using System.Net.Sockets;
using Akka.Event;

namespace Akka.Remote;

/// <content>How connections open and close.</content>
internal sealed partial class Association
{
    private static readonly TimeSpan FirstGateClosedFor = TimeSpan.FromMilliseconds(50);

    private TimeSpan _gateOpensAt;
    private int _failures;
    private volatile InboundLink? _inbound;
    private int? _inboxUid;

    public SystemMessageInbox Inbox { get; private set; } = new();

    public int? QuarantinedUid
    {
        get
        {
            lock (_gate)
            {
                return _quarantinedUid;
            }
        }
    }

    /// <summary>
    /// Takes over a connection that the peer has opened. First reads the peer's former connection to its end. Opens the gate,
    /// because the peer is evidently reachable. Closes the outbound connection if it led to another incarnation.
    /// </summary>
    /// <returns>
    /// False if this association was forgotten meanwhile. The connection then belongs to a new association for the address.
    /// </returns>
    public async Task<bool> TryReplaceInboundAsync(InboundLink link, int uid)
    {
        InboundLink? former;
        lock (_gate)
        {
            if (_isForgotten)
            {
                return false;
            }

            (former, _inbound) = (_inbound, link);
        }

        if (former is not null)
        {
            former.Close();
            await former.Ended.ConfigureAwait(false);
        }

        OutboundLink? outdated = null;
        lock (_gate)
        {
            if (_inboxUid != uid)
            {
                _inboxUid = uid;
                Inbox = new SystemMessageInbox(Inbox);
            }

            if (_phase == Phase.Gated)
            {
                _gateOpensAt = TimeSpan.Zero;
                _failures = 0;
                if (_outbox.Count > 0)
                {
                    Connect();
                }
            }
            else if (_outboxUid is not null && _outboxUid != uid)
            {
                outdated = _link;
            }
        }

        outdated?.Close(null);
        transport.Publish(new AssociatedEvent(transport.LocalAddress, Address, inbound: true));
        return true;
    }

    public void InboundEnded(InboundLink link)
    {
        LastConnected = FailureDetector.MonotonicTime();
        Interlocked.CompareExchange(ref _inbound, null, link);
    }

    public void LinkClosed(OutboundLink link, Exception? cause)
    {
        lock (_gate)
        {
            if (!ReferenceEquals(_link, link) || _phase == Phase.Closed)
            {
                return;
            }

            _link = null;
            LastConnected = FailureDetector.MonotonicTime();
            CloseGate();
        }

        transport.PublishLoss(Address, isInbound: false, cause);
    }

    // Under the lock.
    private void Connect()
    {
        _phase = Phase.Connecting;
        // Not on the sender's thread: resolving a name can take seconds.
        _ = Task.Run(ConnectAsync);
    }

    private async Task ConnectAsync()
    {
        var connection = new Connection(new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true });
        try
        {
            RefuseOtherProtocol();
            using var timeout = new CancellationTokenSource(_settings.ConnectionTimeout);
            try
            {
                // Justification: AssociationTable.For refuses an address without host and port.
                await connection.ConnectAsync(Address.Host!, Address.Port!.Value, timeout.Token).ConfigureAwait(false);
                var reader = new FrameReader(connection, _settings.MaximumFrameSizeBytes);
                var uid = await ShakeHandsAsync(connection, reader, timeout.Token).ConfigureAwait(false);
                Activate(new OutboundLink(this, connection, reader, _settings), uid);
            }
            catch (OperationCanceledException)
            {
                var seconds = _settings.ConnectionTimeout.TotalSeconds;
                throw new TimeoutException($"no answer within {seconds} s (akka.remote.dot-netty.tcp.connection-timeout)");
            }
        }
        catch (Exception cause)
        {
            connection.Dispose();
            ConnectFailed(cause);
        }
    }

    // Otherwise the attempt would fail at the peer, with an error about malformed bytes.
    private void RefuseOtherProtocol()
    {
        var protocol = transport.LocalAddress.Protocol;
        if (Address.Protocol != protocol)
        {
            throw new RemoteTransportException(
                $"{Address} has the protocol {Address.Protocol}, and this system uses {protocol}. "
                + "Set akka.remote.dot-netty.tcp.enable-ssl to the same value on both systems, and use the address that the peer logs");
        }
    }

    private async Task<int> ShakeHandsAsync(Connection connection, FrameReader reader, CancellationToken cancellation)
    {
        if (transport.Tls is { } tls)
        {
            // Justification: as above.
            await tls.OpenAsync(connection, Address.Host!, cancellation).ConfigureAwait(false);
        }

        var hello = new WireWriter();
        new Hello(transport.LocalAddress, transport.Uid, Address, QuarantinedUid).Write(hello);
        for (var rest = hello.Written; !rest.IsEmpty;)
        {
            rest = rest[await connection.SendAsync(rest, cancellation).ConfigureAwait(false)..];
        }

        while (true)
        {
            if (TryReadAnswer(reader) is { } uid)
            {
                return uid;
            }

            await ReadAnswerAsync(reader, cancellation).ConfigureAwait(false);
        }
    }

    private async Task ReadAnswerAsync(FrameReader reader, CancellationToken cancellation)
    {
        Exception? cause = null;
        try
        {
            if (await reader.FillAsync(cancellation).ConfigureAwait(false))
            {
                return;
            }
        }
        catch (IOException failure) when (transport.Tls is not null)
        {
            cause = failure;
        }

        // In TLS 1.3 the acceptor checks the opener's certificate after the opener's part of the handshake.
        const string Certificate = "; probably it did not accept the certificate of this system, and its log says why";
        throw new WireException(
            $"the peer closed the connection instead of answering the handshake{(transport.Tls is null ? "" : Certificate)}", cause: cause);
    }

    private int? TryReadAnswer(FrameReader frames)
    {
        if (!frames.TryRead(out var kind, out var body))
        {
            return null;
        }

        var reader = new WireReader(body);
        switch (kind)
        {
            case FrameKind.Welcome:
                return reader.ReadInt32();
            case FrameKind.Refusal:
                if ((RefusalReason)reader.ReadByte() == RefusalReason.OpenerIsQuarantined)
                {
                    transport.Publish(new ThisActorSystemQuarantinedEvent(transport.LocalAddress, Address));
                }

                throw new WireException($"the peer refused the connection: {PeerLog.Printable(reader.ReadText())}");
            default:
                throw new WireException($"the peer answered the handshake with a frame of kind {kind}");
        }
    }

    private void Activate(OutboundLink link, int uid)
    {
        lock (_gate)
        {
            if (_phase == Phase.Closed)
            {
                throw new ObjectDisposedException(nameof(Association));
            }

            if (uid == _quarantinedUid)
            {
                throw new WireException($"this system has quarantined the peer's uid {uid}");
            }

            if (_outboxUid is not null && _outboxUid != uid)
            {
                _outbox.Renumber();
            }

            _outboxUid = uid;
            _phase = Phase.Active;
            _failures = 0;
            foreach (var entry in _outbox.Unacknowledged)
            {
                link.WriteSystemMessage(entry);
            }

            while (_waiting.TryDequeue(out var waiting))
            {
                Write(link, waiting);
            }

            // The link is published last: senders that see it write without the lock, and must come after the waiting messages.
            _link = link;
        }

        _ = link.ReadAsync();
        transport.Publish(new AssociatedEvent(transport.LocalAddress, Address, inbound: false));
    }

    private void ConnectFailed(Exception cause)
    {
        bool isFirst;
        lock (_gate)
        {
            if (_phase == Phase.Closed)
            {
                return;
            }

            isFirst = _failures == 0;
            CloseGate();
            if (_outbox.OldestSince is { } since && FailureDetector.MonotonicTime() - since > _settings.SystemMessageDeliveryTimeout)
            {
                GiveUp($"system messages could not be delivered for {_settings.SystemMessageDeliveryTimeout.TotalSeconds} s");
            }
        }

        DropWaiting();
        // One warning when an address is lost. Later failures repeat it, so they are logged at the debug level.
        var level = isFirst ? LogLevel.WarningLevel : LogLevel.DebugLevel;
        transport.Publish(new AssociationErrorEvent(cause, transport.LocalAddress, Address, inbound: false, level));
    }

    // Under the lock. The first attempts come soon, because most losses are restarts. The delay then doubles up to the configured maximum.
    private void CloseGate()
    {
        var closedFor = _quarantinedUid is null
            ? FirstGateClosedFor * Math.Pow(2, Math.Min(_failures, 20))
            : _settings.RetryGateClosedFor;
        _failures++;
        closedFor = closedFor < _settings.RetryGateClosedFor ? closedFor : _settings.RetryGateClosedFor;
        _gateOpensAt = FailureDetector.MonotonicTime() + closedFor;
        _phase = Phase.Gated;
        if (_outbox.Count > 0)
        {
            ConnectWhenGateOpens();
        }
    }

    // Under the lock. Pending system messages need a connection even if no other message is sent to the address.
    private void ConnectWhenGateOpens()
    {
        var wait = _gateOpensAt - FailureDetector.MonotonicTime();
        _ = Task.Delay(wait > TimeSpan.Zero ? wait : TimeSpan.Zero).ContinueWith(
            _ =>
            {
                lock (_gate)
                {
                    if (_phase == Phase.Gated && _outbox.Count > 0)
                    {
                        Connect();
                    }
                }
            },
            TaskScheduler.Default);
    }

    // Under the lock. Lost system messages cannot be repaired: some actor would wait forever for a Terminated.
    private void GiveUp(string because)
    {
        transport.Log.Error($"System messages to {Address} are lost: {because}. Its actor system is quarantined.");
        _outbox.Clear();
        _ = Task.Run(() => transport.Quarantine(Address));
    }
}

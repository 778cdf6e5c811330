using Akka.Actor;
using Akka.Event;

namespace Akka.Remote;

/// <summary>
/// The state of one remote address: connection, uid of the peer's incarnation, and messages to send. Messages of one sender arrive
/// in order or not at all. System messages arrive in order and once.
/// </summary>
internal sealed partial class Association(TcpTransport transport, Address address)
{
    /// <summary>The limit of messages that wait for a connection. Further messages become dead letters.</summary>
    private const int WaitingLimit = 20_000;

    /// <summary>
    /// An association is forgotten after this time without a connection or an attempt to send. Each client has an address of its
    /// own, and most clients never return.
    /// </summary>
    internal static readonly TimeSpan IdleLimit = TimeSpan.FromMinutes(1);

    private readonly RemoteSettings _settings = transport.Settings;
    private readonly Lock _gate = new();
    private readonly Queue<Waiting> _waiting = new();
    private readonly SystemMessageOutbox _outbox = new(transport.Settings.SystemMessageBufferSize);
    private volatile OutboundLink? _link;
    private volatile Phase _phase;
    private int? _outboxUid;
    private int? _quarantinedUid;
    private long _overflowCount;
    private TimeSpan? _idleSince;
    private volatile bool _isForgotten;

    /// <summary>Creates an association that drops all messages. The table of associations is full.</summary>
    public static Association Closed(TcpTransport transport, Address address) => new(transport, address) { _phase = Phase.Closed };

    private enum Phase
    {
        /// <summary>No message was sent yet.</summary>
        Idle,
        Connecting,
        Active,
        /// <summary>The last connection failed. Messages are dropped until the gate opens.</summary>
        Gated,
        Closed,
    }

    public Address Address { get; } = address;

    /// <summary>Whether a new association replaces this one.</summary>
    public bool IsForgotten => _isForgotten;

    /// <summary>Whether this association drops all messages.</summary>
    public bool IsClosed => _phase == Phase.Closed;

    /// <summary>The time when this association lost its last connection, or began.</summary>
    public TimeSpan LastConnected { get; private set; } = FailureDetector.MonotonicTime();

    /// <summary>
    /// Whether this association has no state that a new one would lack. The numbers of exchanged system messages are such state: a
    /// peer that was only cut off continues to count.
    /// </summary>
    private bool IsIdle => _phase is Phase.Idle or Phase.Gated
        && _inbound is null
        && _quarantinedUid is null
        && _outbox is { Count: 0, IsUnused: true }
        && Inbox.IsUnused;

    /// <summary>
    /// Sends a message. Never blocks on the network and never throws. A message that cannot be sent becomes a dead letter.
    /// </summary>
    public void Send(object message, IActorRef? sender, RemoteActorRef recipient)
    {
        if (_link is not { } link)
        {
            SendLater(message, sender, recipient);
            return;
        }
        Write(link, new Waiting(message, sender, recipient));
    }

    /// <summary>
    /// Delivers a system message once and in order, over any number of connections. Requires that both systems keep running and are
    /// not quarantined.
    /// </summary>
    public void SendSystemMessage(byte[] body)
    {
        lock (_gate)
        {
            if (_isForgotten)
            {
                transport.For(Address).SendSystemMessage(body);
                return;
            }
            if (_phase == Phase.Closed || (_quarantinedUid is not null && _quarantinedUid == _outboxUid))
            {
                return;
            }
            if (_outbox.TryAdd(body, FailureDetector.MonotonicTime()) is not { } entry)
            {
                GiveUp($"more than {_settings.SystemMessageBufferSize} system messages wait for delivery");
                return;
            }
            if (_phase == Phase.Active)
            {
                _link?.WriteSystemMessage(entry);
            }
            else if (_phase == Phase.Idle)
            {
                Connect();
            }
            else if (_phase == Phase.Gated && _outbox.Count == 1)
            {
                ConnectWhenGateOpens();
            }
        }
    }

    public void Acknowledged(OutboundLink link, long upTo)
    {
        lock (_gate)
        {
            if (ReferenceEquals(_link, link))
            {
                _outbox.Acknowledge(upTo);
            }
        }
    }

    public void Tick(TimeSpan now)
    {
        _link?.Tick();
        ForgetIfIdle(now);
        if (Interlocked.Exchange(ref _overflowCount, 0) is var count and > 0)
        {
            transport.Log.Warning($"{count} messages to {Address} were dropped: the peer or the network is slower than the senders.");
        }
    }

    /// <summary>
    /// Quarantines one incarnation of the peer: closes its connections and sends nothing more to it. A new incarnation at the
    /// address is accepted.
    /// </summary>
    public void Quarantine(int? peerUid)
    {
        InboundLink? inbound;
        OutboundLink? outbound;
        int uid;
        lock (_gate)
        {
            if (_isForgotten)
            {
                transport.For(Address).Quarantine(peerUid);
                return;
            }
            if ((peerUid ?? _outboxUid ?? _inboxUid) is not { } known || _quarantinedUid == known || _phase == Phase.Closed)
            {
                return;
            }
            _quarantinedUid = uid = known;
            inbound = _inbound?.PeerUid == uid ? _inbound : null;
            outbound = _outboxUid == uid ? _link : null;
            if (_outboxUid is null || _outboxUid == uid)
            {
                _outbox.Clear();
            }
        }
        inbound?.Close();
        outbound?.Close(null);
        transport.Publish(new QuarantinedEvent(Address, uid));
    }

    public async Task CloseAsync()
    {
        OutboundLink? link;
        lock (_gate)
        {
            _phase = Phase.Closed;
            link = _link;
        }
        DropWaiting();
        if (link is not null)
        {
            await link.FinishAsync(_settings.FlushWaitOnShutdown).ConfigureAwait(false);
        }
        _inbound?.Close();
    }

    /// <summary>
    /// Forgets this association at once if it is disconnected. With state, its peer must restart before system messages between the
    /// two are delivered again. A restart is also the end of a quarantine that is forgotten. The watches of the peer end.
    /// </summary>
    public bool TryForget(bool evenWithState)
    {
        lock (_gate)
        {
            if (evenWithState ? _phase is Phase.Idle or Phase.Gated && _inbound is null && _outbox.Count == 0 : IsIdle)
            {
                if (!Inbox.IsUnused)
                {
                    // First, because the next association of the address may deliver watches.
                    transport.Provider.EndWatches(Address);
                }
                _isForgotten = true;
            }
            return _isForgotten;
        }
    }

    private void ForgetIfIdle(TimeSpan now)
    {
        lock (_gate)
        {
            _idleSince = IsIdle ? _idleSince ?? now : null;
            _isForgotten |= now - _idleSince >= IdleLimit;
        }
    }

    private void SendLater(object message, IActorRef? sender, RemoteActorRef recipient)
    {
        lock (_gate)
        {
            if (_isForgotten)
            {
                transport.For(Address).Send(message, sender, recipient);
                return;
            }
            _idleSince = null;
            if (_phase == Phase.Gated && FailureDetector.MonotonicTime() >= _gateOpensAt)
            {
                _phase = Phase.Idle;
            }
            if (_phase == Phase.Idle)
            {
                Connect();
            }
            if (_phase == Phase.Connecting && _waiting.Count < WaitingLimit)
            {
                _waiting.Enqueue(new Waiting(message, sender, recipient));
                return;
            }
            if (_phase == Phase.Active && _link is { } link)
            {
                Write(link, new Waiting(message, sender, recipient));
                return;
            }
        }
        transport.Drop(message, sender, recipient);
    }

    // On the sender's thread: so the sender may change its message after Tell, and serialization uses all threads.
    private void Write(OutboundLink link, in Waiting waiting)
    {
        if (transport.TrySerialize(waiting.Message, waiting.Recipient) is not { } serialized)
        {
            return;
        }
        var isUrgent = waiting.Message is IHeartbeat || waiting.Recipient.IsRemoteWatcher;
        switch (link.WriteMessage(serialized, waiting.Recipient, waiting.Sender, transport.LocalAddress, isUrgent))
        {
            case WriteOutcome.Full:
                Overflow(waiting.Message, waiting.Sender, waiting.Recipient);
                break;
            case WriteOutcome.Closed:
                transport.Drop(waiting.Message, waiting.Sender, waiting.Recipient);
                break;
        }
    }

    private void Overflow(object message, IActorRef? sender, RemoteActorRef recipient)
    {
        Interlocked.Increment(ref _overflowCount);
        transport.Drop(message, sender, recipient);
    }

    private void DropWaiting()
    {
        Waiting[] dropped;
        lock (_gate)
        {
            dropped = [.. _waiting];
            _waiting.Clear();
        }
        foreach (var waiting in dropped)
        {
            transport.Drop(waiting.Message, waiting.Sender, waiting.Recipient);
        }
    }

    private readonly record struct Waiting(object Message, IActorRef? Sender, RemoteActorRef Recipient);
}

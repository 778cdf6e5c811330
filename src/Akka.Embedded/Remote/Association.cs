using Akka.Actor;
using Akka.Event;

namespace Akka.Remote;

/// <summary>
/// All that is known of one remote address: whether it can be reached, which life of it was met, what is still to be sent to
/// it. Messages of one sender arrive in order or not at all; system messages arrive in order and once.
/// </summary>
internal sealed partial class Association(TcpTransport transport, Address address)
{
    /// <summary>What may wait for a connection to come about. Beyond it messages become dead letters.</summary>
    private const int WaitingLimit = 20_000;

    /// <summary>
    /// After so long without a connection and without an attempt to send it is forgotten: every client that ever asked something had an
    /// address of its own, and most never come back.
    /// </summary>
    internal static readonly TimeSpan QuietLimit = TimeSpan.FromMinutes(1);

    private readonly RemoteSettings _settings = transport.Settings;
    private readonly Lock _gate = new();
    private readonly Queue<Waiting> _waiting = new();
    private readonly SystemMessageOutbox _outbox = new(transport.Settings.SystemMessageBufferSize);
    private volatile OutboundLink? _link;
    private Phase _phase;
    private int? _outboxUid;
    private int? _quarantinedUid;
    private long _overflowCount;
    private TimeSpan? _quietSince;
    private volatile bool _isForgotten;

    private enum Phase
    {
        /// <summary>Nothing was sent yet.</summary>
        Idle,
        Connecting,
        Active,
        /// <summary>The last connection failed; until the gate opens, messages are dropped.</summary>
        Gated,
        Closed,
    }

    public Address Address { get; } = address;

    /// <summary>Another one has taken its place, or will.</summary>
    public bool IsForgotten => _isForgotten;

    /// <summary>
    /// Nothing is known that another one for the address could not find out. Once system messages were exchanged their numbers are: a peer
    /// that was only cut off for long goes on counting.
    /// </summary>
    private bool IsQuiet => _phase is Phase.Idle or Phase.Gated
        && _inbound is null
        && _quarantinedUid is null
        && _outbox is { Count: 0, IsUnused: true }
        && Inbox.LastTaken == 0;

    /// <summary>Never blocks on the network and never throws; a message that cannot be sent becomes a dead letter.</summary>
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
    /// Delivered once and in order as long as both systems live and are not quarantined, over any number of connections.
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
                GiveUp($"more than {_settings.SystemMessageBufferSize} system messages wait for it");
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
        ForgetIfQuiet(now);
        if (Interlocked.Exchange(ref _overflowCount, 0) is var count and > 0)
        {
            transport.Log.Warning($"{count} messages to {Address} were dropped: it takes less than is sent to it.");
        }
    }

    /// <summary>
    /// From now on this life of the peer is dead to us: its connections end, and nothing is sent to it. Another life at the same
    /// address is welcome.
    /// </summary>
    public void Quarantine(int? life)
    {
        InboundLink? inbound;
        OutboundLink? outbound;
        int uid;
        lock (_gate)
        {
            if (_isForgotten)
            {
                transport.For(Address).Quarantine(life);
                return;
            }
            if ((life ?? _outboxUid ?? _inboxUid) is not { } known || _quarantinedUid == known || _phase == Phase.Closed)
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

    private void ForgetIfQuiet(TimeSpan now)
    {
        lock (_gate)
        {
            _quietSince = IsQuiet ? _quietSince ?? now : null;
            _isForgotten |= now - _quietSince >= QuietLimit;
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
            _quietSince = null;
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

    // On the sender's thread: so it may change its message after Tell, and no single thread serialises for all.
    private void Write(OutboundLink link, in Waiting waiting)
    {
        if (transport.TrySerialize(waiting.Message, waiting.Recipient) is not { } serialized)
        {
            return;
        }
        switch (link.WriteMessage(serialized, waiting.Recipient, waiting.Sender, transport.LocalAddress))
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

using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Akka.Event;

namespace Akka.Remote;

/// <summary>A serialized message with the identifiers that are needed to deserialize it.</summary>
internal readonly record struct SerializedMessage(int SerializerId, string Manifest, byte[] Payload);

/// <summary>
/// The TCP transport of an actor system. It listens, keeps one <see cref="Association"/> for each remote address, and decides which
/// connections are accepted.
/// </summary>
internal sealed class TcpTransport
{
    private const string Protocol = "akka.tcp";

    private readonly ConcurrentDictionary<Address, Association> _associations = new();
    private readonly ConcurrentDictionary<InboundLink, bool> _inbound = new();
    private readonly Socket _listener;
    private readonly Timer _timer;
    private volatile bool _isStopped;

    /// <summary>Opens the listening port.</summary>
    /// <exception cref="RemoteTransportException">The port cannot be opened. The message says where, why, and what to change.</exception>
    public TcpTransport(ExtendedActorSystem system, RemoteActorRefProvider provider, RemoteSettings settings)
    {
        System = system;
        Provider = provider;
        Settings = settings;
        Log = Logging.GetLogger(system, "remoting");
        (_listener, BoundPort) = Listener.Open(settings);
        string[] hosts = [settings.PublicHostname, settings.Hostname, Dns.GetHostName()];
        var port = settings.PublicPort != 0 ? settings.PublicPort : BoundPort;
        LocalAddress = new Address(Protocol, system.Name, hosts.First(host => host.Length > 0), port);
        var interval = settings.LinkHeartbeatInterval;
        _timer = new Timer(_ => Tick(FailureDetector.MonotonicTime()), null, interval, interval);
    }

    public ExtendedActorSystem System { get; }

    public RemoteActorRefProvider Provider { get; }

    public RemoteSettings Settings { get; }

    public ILoggingAdapter Log { get; }

    public Address LocalAddress { get; }

    /// <summary>The local port. Behind a forwarding router it differs from the public port.</summary>
    public int BoundPort { get; }

    /// <summary>The uid of this actor system, which tells it from earlier and later ones at the same address.</summary>
    public int Uid { get; } = Random.Shared.Next();

    /// <summary>Starts to accept connections, which may deliver messages at once.</summary>
    public void Start()
    {
        _ = AcceptAsync();
        Publish(new RemotingListenEvent([LocalAddress]));
    }

    /// <summary>The number of remote addresses with an association.</summary>
    internal int AssociationCount => _associations.Count;

    /// <summary>
    /// Returns the association of an address. It is not forgotten at the time of the call, but may be forgotten afterwards.
    /// </summary>
    /// <exception cref="ArgumentException">The address is local: it has no host or no port.</exception>
    public Association For(Address address)
    {
        while (true)
        {
            var association = _associations.GetOrAdd(
                address,
                static (key, transport) => key.HasLocalScope
                    ? throw new ArgumentException($"{key} has no host and port, so another actor system cannot send to it.")
                    : new Association(transport, key),
                this);
            if (!association.IsForgotten)
            {
                return association;
            }

            Remove(association);
        }
    }

    /// <summary>
    /// Serializes a message. Returns null if that fails. The failure is logged here, because the sender gets no other notice.
    /// </summary>
    public SerializedMessage? TrySerialize(object message, IActorRef recipient)
    {
        try
        {
            var serializer = System.Serialization.FindSerializerFor(message);
            var manifest = Serialization.Serialization.ManifestFor(serializer, message);
            var payload = Serialization.Serialization.WithTransport(
                System,
                (serializer, message),
                static pair => pair.serializer.ToBinary(pair.message));
            if (payload.Length <= Settings.MaximumFrameSizeBytes)
            {
                return new SerializedMessage(serializer.Identifier, manifest, payload);
            }

            Log.Error(
                $"A {message.GetType()} to {recipient.Path} was dropped: with {payload.Length} bytes it exceeds "
                + $"akka.remote.dot-netty.tcp.maximum-frame-size, {Settings.MaximumFrameSizeBytes} bytes. "
                + "Raise it on both systems, or send less at once.");
        }
        catch (Exception cause)
        {
            Log.Error(
                cause,
                $"A {message.GetType()} to {recipient.Path} was dropped: it cannot be serialized. "
                + "Bind its type to a serializer in akka.actor.serialization-bindings.");
        }

        return null;
    }

    public void Drop(object message, IActorRef? sender, IActorRef recipient) =>
        System.DeadLetters.Tell(new DeadLetter(message, sender ?? System.DeadLetters, recipient), sender);

    /// <summary>Decides about a connection. Returns its association, or the reason for its refusal.</summary>
    public (Association? Association, (RefusalReason Reason, string Text)? Refusal) Accept(Hello hello)
    {
        if (!hello.To.Equals(LocalAddress))
        {
            Log.Error(
                $"A connection from {hello.From} for {hello.To} was refused: this actor system is {LocalAddress}. "
                + "Messages to other addresses are refused; addresses are compared letter by letter. "
                + "Use that address, or set akka.remote.dot-netty.tcp.public-hostname.");
            return (null, (RefusalReason.Misdirected, $"the address is not {hello.To} but {LocalAddress}"));
        }

        var association = For(hello.From);
        if (association.QuarantinedUid == hello.Uid)
        {
            var text = $"it has quarantined uid {hello.Uid}; restart this actor system to connect again";
            return (null, (RefusalReason.OpenerIsQuarantined, text));
        }

        if (hello.QuarantinedUid == Uid)
        {
            Publish(new ThisActorSystemQuarantinedEvent(LocalAddress, hello.From));
            return (null, (RefusalReason.AcceptorIsQuarantined, $"its uid {Uid} is the quarantined one"));
        }

        return _isStopped ? (null, (RefusalReason.Misdirected, "it is shutting down")) : (association, null);
    }

    public void InboundEnded(InboundLink link, Association? association, Exception? cause)
    {
        _inbound.TryRemove(link, out _);
        if (association is not null)
        {
            association.InboundEnded(link);
            PublishLoss(association.Address, isInbound: true, cause);
        }
        else if (cause is not null && !_isStopped)
        {
            Log.Warning($"A connection to {LocalAddress} was closed before its handshake: {cause.Message}.");
        }
    }

    /// <summary>Quarantines one incarnation of a remote system. Null: the one connected last, if any.</summary>
    public void Quarantine(Address address, int? uid = null)
    {
        For(address).Quarantine(uid);
        Provider.AddressTerminated(address);
    }

    public void Publish(RemotingLifecycleEvent @event)
    {
        if (_isStopped && @event is not RemotingShutdownEvent)
        {
            return;
        }

        System.EventStream.Publish(@event);
        if (Settings.IsLoggingLifecycleEvents)
        {
            Log.Log(@event.LogLevel(), null, @event.ToString()!); // Justification: each event has a text.
        }
    }

    public void PublishLoss(Address address, bool isInbound, Exception? cause)
    {
        // A sender sees a reset when its peer ends. It is not an error, like any other end of a connection.
        if (cause is not (null or ObjectDisposedException or SocketException { SocketErrorCode: SocketError.ConnectionReset }))
        {
            Publish(new AssociationErrorEvent(cause, LocalAddress, address, isInbound, LogLevel.WarningLevel));
        }

        Publish(new DisassociatedEvent(LocalAddress, address, isInbound));
    }

    /// <summary>Closes the port, then sends the buffered messages. Afterwards the port is free.</summary>
    public async Task StopAsync()
    {
        if (Interlocked.Exchange(ref _isStopped, true))
        {
            return;
        }

        _listener.Dispose();
        await _timer.DisposeAsync().ConfigureAwait(false);
        await Task.WhenAll(_associations.Values.Select(a => a.CloseAsync())).ConfigureAwait(false);
        foreach (var link in _inbound.Keys)
        {
            link.Close();
        }

        Publish(new RemotingShutdownEvent());
    }

    private void Remove(Association association) => _associations.TryRemove(KeyValuePair.Create(association.Address, association));

    private async Task AcceptAsync()
    {
        while (!_isStopped)
        {
            try
            {
                var socket = await _listener.AcceptAsync().ConfigureAwait(false);
                socket.NoDelay = true;
                socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
                var link = new InboundLink(this, socket, Settings);
                _inbound[link] = true;
                _ = Task.Run(link.RunAsync);
            }
            catch (Exception failure) when (failure is SocketException or ObjectDisposedException)
            {
                // A failed accept must not end the loop. Only a closed listener ends it.
                if (!_isStopped)
                {
                    Publish(new RemotingErrorEvent(failure));
                }
            }
        }
    }

    /// <summary>Called by the timer. A test may pass a later time.</summary>
    internal void Tick(TimeSpan now)
    {
        foreach (var association in _associations.Values)
        {
            association.Tick(now);
            if (association.IsForgotten)
            {
                Remove(association);
            }
        }

        foreach (var link in _inbound.Keys)
        {
            link.Tick();
        }
    }
}

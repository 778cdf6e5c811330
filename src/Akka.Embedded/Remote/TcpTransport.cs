using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Akka.Event;

namespace Akka.Remote;

/// <summary>A serialized message with the identifiers that are needed to deserialize it.</summary>
internal readonly record struct SerializedMessage(int SerializerId, string Manifest, byte[] Payload);

/// <summary>
/// The transport of an actor system: TCP with or without TLS. It listens, keeps one <see cref="Association"/> for each remote address,
/// and decides which connections are accepted.
/// </summary>
internal sealed class TcpTransport
{
    private readonly Socket _listener;
    /// <summary>Inbound connections of one peer are logged with so many lines in each window of <see cref="PeerLog"/>.</summary>
    private const int LinesPerWindow = 10;

    private readonly Timer _timer;
    private volatile bool _isStopped;

    /// <summary>Reads the certificate, if TLS is on, and opens the listening port.</summary>
    /// <exception cref="RemoteTransportException">
    /// One of the two is impossible. The message says where, why, and what to change.
    /// </exception>
    public TcpTransport(ExtendedActorSystem system, RemoteActorRefProvider provider, RemoteSettings settings)
    {
        System = system;
        Provider = provider;
        Settings = settings;
        Log = Logging.GetLogger(system, "remoting");
        PeerLog = new PeerLog(Log);
        Tls = settings.Ssl is { } ssl ? new Tls(new TlsSettings(ssl), Log) : null;
        (_listener, BoundPort) = Listener.Open(settings);
        Associations = new AssociationTable(this);
        Acceptor = new Acceptor(this, () => _listener.AcceptAsync(CancellationToken.None));
        string[] hosts = [settings.PublicHostname, settings.Hostname, Dns.GetHostName()];
        var port = settings.PublicPort != 0 ? settings.PublicPort : BoundPort;
        LocalAddress = new Address(Tls is null ? "akka.tcp" : "akka.ssl.tcp", system.Name, hosts.First(host => host.Length > 0), port);
        var interval = settings.LinkHeartbeatInterval;
        _timer = new Timer(_ => Tick(FailureDetector.MonotonicTime()), null, interval, interval);
    }

    public ExtendedActorSystem System { get; }

    public RemoteActorRefProvider Provider { get; }

    public RemoteSettings Settings { get; }

    public ILoggingAdapter Log { get; }

    public PeerLog PeerLog { get; }

    /// <summary>Null if connections are not encrypted.</summary>
    public Tls? Tls { get; }

    public Address LocalAddress { get; }

    /// <summary>The local port. Behind a forwarding router it differs from the public port.</summary>
    public int BoundPort { get; }

    /// <summary>The uid of this actor system, which tells it from earlier and later ones at the same address.</summary>
    public int Uid { get; } = Random.Shared.Next();

    /// <summary>Starts to accept connections, which may deliver messages at once.</summary>
    public void Start()
    {
        _ = Task.Run(Acceptor.RunAsync);
        Publish(new RemotingListenEvent([LocalAddress]));
    }

    /// <summary>The number of remote addresses with an association.</summary>
    internal int AssociationCount => Associations.Count;

    internal AssociationTable Associations { get; }

    internal Acceptor Acceptor { get; }

    /// <inheritdoc cref="AssociationTable.For"/>
    public Association For(Address address) => Associations.For(address);

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
    public (Association? Association, (RefusalReason Reason, string Text)? Refusal) Accept(Hello hello, Connection connection)
    {
        if (!hello.To.Equals(LocalAddress))
        {
            return Misdirected(
                $"the address is not {hello.To} but {LocalAddress}",
                "Messages to other addresses are refused; addresses are compared letter by letter. "
                + "Use that address, or set akka.remote.dot-netty.tcp.public-hostname.");
        }

        if (Tls?.AllowsName(connection.PeerCertificate, hello.From.Host) == false)
        {
            return Misdirected(
                $"the certificate '{connection.PeerCertificate?.Subject}' is not valid for the host {hello.From.Host}",
                "Issue a certificate with that name, or set akka.remote.dot-netty.tcp.ssl.validate-certificate-hostname = off.");
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

        if (_isStopped)
        {
            return (null, (RefusalReason.Misdirected, "it is shutting down"));
        }

        return association.IsClosed
            ? Misdirected("it has connections with too many addresses", "Find out which peers use so many.")
            : (association, null);

        (Association?, (RefusalReason, string)?) Misdirected(string why, string remedy)
        {
            PeerLog.Write(
                LogLevel.ErrorLevel,
                connection.Peer,
                "refused connections",
                $"A connection from {hello.From} ({connection.Peer}) was refused: {why}. {remedy}");
            return (null, (RefusalReason.Misdirected, why));
        }
    }

    public void HandshakeEnded(InboundLink link) => Acceptor.HandshakeEnded(link);

    public void InboundEnded(InboundLink link, Association? association, Exception? cause)
    {
        Acceptor.Ended(link);
        if (association is not null)
        {
            association.InboundEnded(link);
            PublishLoss(association.Address, isInbound: true, cause, link.Peer);
        }
        else if (cause is not null && !_isStopped)
        {
            PeerLog.Write(
                LogLevel.WarningLevel,
                link.Peer,
                (cause as WireException)?.Kind ?? cause.GetType().Name,
                $"A connection from {link.Peer} to {LocalAddress} was closed before its handshake: {cause.Message}.");
        }
    }

    /// <summary>Quarantines one incarnation of a remote system. Null: the one connected last, if any.</summary>
    public void Quarantine(Address address, int? uid = null)
    {
        For(address).Quarantine(uid);
        Provider.AddressTerminated(address);
    }

    /// <param name="limitedAs">Limits the number of log lines about a peer: the kind of the event.</param>
    public void Publish(RemotingLifecycleEvent @event, string? limitedAs = null, IPAddress? peer = null)
    {
        if (_isStopped && @event is not RemotingShutdownEvent)
        {
            return;
        }

        System.EventStream.Publish(@event);
        if (!Settings.IsLoggingLifecycleEvents)
        {
            return;
        }

        var text = @event.ToString()!; // Justification: each event has a text.
        if (limitedAs is null)
        {
            Log.Log(@event.LogLevel(), null, PeerLog.Printable(text));
        }
        else
        {
            PeerLog.Write(@event.LogLevel(), peer, limitedAs, text, linesPerWindow: @event is AssociationEvent ? LinesPerWindow : 1);
        }
    }

    public void PublishLoss(Address address, bool isInbound, Exception? cause, IPAddress? peer = null)
    {
        // TLS wraps the errors of the socket.
        var error = cause is IOException { InnerException: SocketException inner } ? inner : cause;
        // A sender sees a reset when its peer ends. It is not an error, like any other end of a connection. Nor is its own closing.
        if (error is not (null or ObjectDisposedException
            or SocketException { SocketErrorCode: SocketError.ConnectionReset or SocketError.OperationAborted }))
        {
            var lost = new AssociationErrorEvent(error, LocalAddress, address, isInbound, LogLevel.WarningLevel);
            Publish(lost, isInbound ? "failed connections" : null, peer);
        }

        Publish(new DisassociatedEvent(LocalAddress, address, isInbound), isInbound ? "ended connections" : null, peer);
    }

    /// <summary>Closes the port, then sends the buffered messages. Afterwards the port is free.</summary>
    public async Task StopAsync()
    {
        if (Interlocked.Exchange(ref _isStopped, true))
        {
            return;
        }

        Acceptor.Stop();
        _listener.Dispose();
        await _timer.DisposeAsync().ConfigureAwait(false);
        await Task.WhenAll(Associations.All.Select(a => a.CloseAsync())).ConfigureAwait(false);
        Acceptor.CloseAll();
        PeerLog.Tick(TimeSpan.MaxValue);
        Publish(new RemotingShutdownEvent());
    }

    /// <summary>Called by the timer. A test may pass a later time.</summary>
    internal void Tick(TimeSpan now)
    {
        Associations.Tick(now);
        Acceptor.Tick();
        PeerLog.Tick(now);
    }
}

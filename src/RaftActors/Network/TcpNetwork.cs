using System.Collections.Immutable;

using Akka.Actor;

using RaftActors.Discovery;
using RaftActors.Security;
using RaftActors.Settings;
using RaftActors.Telemetry;
using RaftActors.Values;
using RaftActors.Wire;

namespace RaftActors.Network;

/// <summary>
/// The TCP connections of one actor system for all messages of raft: a listener, if the system has processes, and a connection to each
/// node that it has a message for. Thread-safe.
/// </summary>
internal sealed class TcpNetwork : INetwork, IDisposable
{
    private readonly Lock _lock = new();
    private readonly NetworkContext _context;
    private readonly ExtendedActorSystem _system;
    private ConnectionListener? _listener;
    private readonly TaskCompletionSource _namesKnown = new(Machine.Current.Completion);
    private ImmutableHashSet<Address> _named = [];

    private readonly ConnectionTable<NodeConnection> _connections;
    private readonly CallConnections _calls;

    /// <param name="system">It has an address.</param>
    /// <param name="registry">Gets <see cref="ConnectionNews"/>.</param>
    /// <exception cref="RaftConfigurationException">
    /// The credentials cannot be read, or the remoting is encrypted and raft is not.
    /// </exception>
    public TcpNetwork(
        ExtendedActorSystem system,
        TransportSettings settings,
        SecuritySettings security,
        NodeCalls calls,
        IActorRef registry)
    {
        RaftConfigurationException.Demand(
            security.IsOn || settings.IsUnencrypted || !system.Settings.Config.GetBoolean($"{AkkaRemoting.Section}.enable-ssl"),
            $"{AkkaRemoting.Section}.enable-ssl is on, and raft.security is not set. Raft messages take connections of their own, so they "
            + "would leave the node without encryption. Set raft.security, or if another layer encrypts them, "
            + "raft.transport-tcp.unencrypted = on.");
        settings = settings with { Hostname = HostOf(system, settings) };
        var own = RaftAddress.OwnOf(system);
        _system = system;
        var credentials = security.IsOn ? new CredentialStore(security, system.Log) : null;
        var node = Machine.Current.NewNumber();
        _context = new NetworkContext(
            settings, own, node, registry, system.Log, new TransportMetrics(system.Name))
        {
            FindSlab = ValueSlabs.Of(system).Find,
            Credentials = credentials,
            Outcomes = new OutcomeFormat(system),
            Calls = calls,
            IsNamed = settings.IsOfCluster && credentials is not null ? _ => false : IsNamed,
            NamesKnown = settings.IsOfCluster ? Task.CompletedTask : _namesKnown.Task,
            Resolve = path => RaftAddress.ResolveOwn(system, own, path),
            ConnectionTo = ConnectionTo,
        };
        _connections = new ConnectionTable<NodeConnection>(address => new NodeConnection(address, _context), _context);
        _calls = new CallConnections(_context, system.EventStream.Publish);
        if (credentials is not null)
        {
            credentials.Changed += OnCredentialsChanged;
        }
    }

    /// <summary>The port for incoming connections, or null if this actor system has only clients.</summary>
    public int? Port => _listener?.Port;

    /// <summary>Opens the port for the first process of this actor system. Returns false if it is open already.</summary>
    /// <exception cref="RaftConfigurationException">The port cannot be opened.</exception>
    public bool Listen()
    {
        lock (_lock)
        {
            if (_listener is not null)
            {
                return false;
            }

            Volatile.Write(ref _listener, new ConnectionListener(_context, ConnectionToMet, port: ListeningPort()));
            return true;
        }
    }

    // The port beside the one on which the remoting listens, so that a translation of addresses can map both alike. Others connect to the
    // port beside that of the address.
    private int ListeningPort()
    {
        var atAddress = _context.Settings.PortBeside(_context.Own.Port!.Value); // Justification: it has an address.
        return !_context.Settings.IsAtAddress && _system.Settings.Config.GetInt($"{AkkaRemoting.Section}.port") is not 0 and var remoting
            ? _context.Settings.PortBeside(remoting)
            : atAddress;
    }

    // The host on which the remoting listens. Others may reach it by another one, the public-hostname.
    public static string HostOf(ExtendedActorSystem system, TransportSettings settings)
    {
        var config = system.Settings.Config;
        string?[] hosts = settings.IsAtAddress
            ? [settings.Hostname, RaftAddress.OwnOf(system).Host]
            : [settings.Hostname, config.GetString($"{AkkaRemoting.Section}.hostname")];
        return hosts.FirstOrDefault(host => !string.IsNullOrEmpty(host)) ?? "";
    }

    /// <inheritdoc/>
    public IActorRef Resolve(string path) =>
        WirePath.TryParse(path, out var parsed) && parsed.Address.HasGlobalScope && !parsed.Address.Equals(_context.Own)
            ? new ConnectionRef(parsed, _connections.Get(parsed.Address), _context)
            : _system.Provider.ActorAt(path);

    public ICallLink LinkTo(Address node) => _calls.LinkTo(node);

    private void OnCredentialsChanged()
    {
        _listener?.Recheck();
        foreach (var connection in _connections.All)
        {
            connection.Renew();
        }
    }

    /// <summary>
    /// Sets the nodes that the groups of this node name. Their certificates make them nodes, and their connections are kept.
    /// </summary>
    public void SetNamed(ImmutableHashSet<Address> named)
    {
        Volatile.Write(ref _named, named);
        _connections.SetNamed(named);
        foreach (var address in named)
        {
            _connections.Find(address)?.SetDeparted(false);
        }

        _namesKnown.TrySetResult();
    }

    // A node counts as named also if this node has connected to it, because an operator caused that, and the other side has proved its
    // name.
    private bool IsNamed(Address address) => Volatile.Read(ref _named).Contains(address)
        || _connections.Find(address) is { IsVerified: true };

    /// <inheritdoc/>
    public string Problems =>
        string.Join(' ', _connections.All.Select(each => each.Problem).Append(_calls.Problems).OfType<string>().Distinct()).Trim();

    /// <inheritdoc/>
    public void Connect(Address address) => _connections.TryGet(address)?.Connect();

    /// <inheritdoc/>
    public void Tell(WireMessage.Presence change)
    {
        _context.Processes.Change(change);
        foreach (var connection in _connections.All)
        {
            connection.Tell(change);
        }
    }

    /// <inheritdoc/>
    public void Close(Address address) => Volatile.Read(ref _listener)?.Close(address);

    /// <inheritdoc/>
    public void Forget(Address address) => _connections.Find(address)?.Forget();

    /// <inheritdoc/>
    public void OnDeparted(Address address)
    {
        if (_context.Credentials is not null)
        {
            if (_connections.TryGet(address) is { } connection)
            {
                connection.SetDeparted(true);
                connection.Forget();
            }

            _listener?.OnDeparted(address);
        }
    }

    public void Dispose()
    {
        _calls.Dispose();
        _listener?.Dispose();

        // For good, because a thread that reads a last message may still answer it.
        foreach (var connection in _connections.Close())
        {
            connection.Dispose();
        }
    }

    private NodeConnection? ConnectionTo(Address address) => _connections.TryGet(address);

    private NodeConnection ConnectionToMet(HandshakeResult greeting)
    {
        var connection = _connections.Get(greeting.Peer);
        connection.OnMet();
        return connection;
    }
}

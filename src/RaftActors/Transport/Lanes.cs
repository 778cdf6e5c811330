using System.Collections.Immutable;
using System.Security.Cryptography;

using Akka.Actor;
using Akka.Configuration;
using Akka.Event;

using RaftActors.Security;
using RaftActors.Telemetry;
using RaftActors.Wire;

namespace RaftActors.Transport;

/// <summary>
/// The connections of one actor system for the messages of its engines, beside the actor system's remoting: one listener, and one
/// connection to each other node that has announced its own. Without a lane, a message goes by the remoting. Thread-safe.
/// </summary>
internal sealed class Lanes : ILanes
{
    private const string RemotingKey = "akka.remote.dot-netty.tcp";

    private readonly Lock _lock = new();
    private readonly LaneContext _context;
    private readonly ExtendedActorSystem _system;
    private readonly CredentialStore? _credentials;
    private LaneListener? _listener;
    private readonly TaskCompletionSource _namesKnown = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ImmutableHashSet<Address> _named = [];

    private readonly ExpelledNodes _expelled = new();
    private readonly LaneTable<Lane> _lanes;
    private readonly LaneTable<SoleLane> _soleLanes;

    /// <exception cref="RaftConfigurationException">The credentials cannot be read.</exception>
    private Lanes(
        ExtendedActorSystem system,
        TransportSettings settings,
        SecuritySettings security,
        ForeignMessages foreign,
        IActorRef registry)
    {
        _system = system;
        _credentials = security.IsOn ? new CredentialStore(security, system.Log) : null;
        var node = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));
        _context = new LaneContext(
            settings, system.Provider.DefaultAddress, node, registry, system.Log, new TransportMetrics(system.Name))
        {
            FindSlab = ValueSlabs.Of(system).Find,
            Credentials = _credentials,
            Foreign = foreign,
            IsClient = () => Volatile.Read(ref _listener) is null,
            IsNamed = IsNamed,
            NamesKnown = _namesKnown.Task,
            Resolve = system.Provider.ResolveActorRef,
            LaneTo = address => IsSole ? _soleLanes!.TryGet(address) : _lanes!.TryGet(address), // Justification: set below.
        };
        _lanes = new LaneTable<Lane>(address => new Lane(address, _context), _context);
        _soleLanes = new LaneTable<SoleLane>(address => new SoleLane(address, _context), _context);
        if (_credentials is not null)
        {
            _credentials.Changed += OnCredentialsChanged;
        }
    }

    /// <inheritdoc/>
    public bool IsSole => _context.IsSole;

    /// <summary>Tells other nodes where the engines of this one take messages; null: this actor system has only clients.</summary>
    public WireMessage.LaneAt? Endpoint => _listener is { } listener ? new WireMessage.LaneAt(listener.Port, _context.Node) : null;

    /// <summary>
    /// Null: all messages go by the remoting. Then the settings ask for it, the actor system has no address, or its remoting is encrypted
    /// and raft is not.
    /// </summary>
    /// <param name="foreign">The messages besides those of engines.</param>
    /// <param name="registry">Gets <see cref="LaneNews"/>.</param>
    /// <exception cref="RaftConfigurationException">The credentials cannot be read.</exception>
    public static Lanes? Make(
        ExtendedActorSystem system,
        TransportSettings settings,
        SecuritySettings security,
        ForeignMessages foreign,
        IActorRef registry)
    {
        if (system.Provider.DefaultAddress.HasLocalScope || (!settings.IsTcp && !security.IsOn))
        {
            return null;
        }

        if (!security.IsOn && IsEncrypted(system.Settings.Config))
        {
            RaftConfigurationException.Demand(
                !settings.IsAtAddress,
                $"raft.transport-tcp.at-address and {RemotingKey}.enable-ssl are on, and raft.security is not set. Raft messages would "
                + "leave the node without encryption: set raft.security, or turn one of the two off.");
            system.Log.Info($"Raft messages go by Akka.Remote, because {RemotingKey}.enable-ssl is on, and raft.security is not set.");
            return null;
        }

        var port = settings.IsAtAddress ? system.Provider.DefaultAddress.Port!.Value : settings.Port; // Justification: it has an address.
        return new Lanes(system, settings with { Hostname = HostOf(system, settings), Port = port }, security, foreign, registry);
    }

    /// <summary>Opens the port, unless it is open: this actor system has a process.</summary>
    /// <exception cref="RaftConfigurationException">The port cannot be opened.</exception>
    public void Listen()
    {
        lock (_lock)
        {
            if (_listener is not null)
            {
                return;
            }

            Volatile.Write(ref _listener, new LaneListener(_context, LaneToMet));
            foreach (var lane in _soleLanes.All)
            {
                // It was opened as a client's.
                lane.Forget();
            }
        }
    }

    /// <summary>Whether the remoting uses TLS. Then no message may leave the node without.</summary>
    public static bool IsEncrypted(Config config) => config.GetBoolean($"{RemotingKey}.enable-ssl");

    // Listens where the remoting listens, which need not be where others reach it: that is its public-hostname.
    public static string HostOf(ExtendedActorSystem system, TransportSettings settings)
    {
        var config = system.Settings.Config;
        string?[] hosts = settings.IsAtAddress
            ? [settings.Hostname, system.Provider.DefaultAddress.Host]
            : [settings.Hostname, config.GetString($"{RemotingKey}.hostname")];
        return hosts.FirstOrDefault(host => !string.IsNullOrEmpty(host)) ?? "";
    }

    /// <inheritdoc/>
    public IActorRef Resolve(string path) =>
        IsSole && WirePath.TryParse(path, out var parsed) && parsed.Address.HasGlobalScope && !parsed.Address.Equals(_context.Own)
            ? new LaneRef(parsed, _soleLanes.Get(parsed.Address), _context)
            : _system.Provider.ActorAt(path);

    /// <inheritdoc/>
    public ILane? Find(IActorRef engine)
    {
        if (engine is LaneRef reference)
        {
            return reference.Lane;
        }

        var path = engine.Path;
        return !IsSole
            && path.Address.HasGlobalScope
            && !path.Address.Equals(_context.Own)
            && FrameReader.IsEngine(path.ToStringWithoutAddress())
                ? _lanes.Get(path.Address)
                : null;
    }

    /// <summary>Connects to a node, unless that is done.</summary>
    public void Learn(Address address, WireMessage.LaneAt endpoint)
    {
        if (IsSole)
        {
            _soleLanes.Get(address).Learn(endpoint);
        }
        else
        {
            _lanes.Get(address).Learn(endpoint);
        }
    }

    /// <summary>
    /// Sends a message of this node's registry to that of another node. False: no connection is open, so it must go by the remoting.
    /// </summary>
    public bool TryTellRegistry(Address address, WireMessage message) =>
        _lanes.Find(address)?.TryTellRegistry(message) == true;

    /// <summary>Whether an announcement of an actor to the node was dropped since the last call.</summary>
    public bool TakeLostActor(Address address) => IsSole
        ? _soleLanes.Find(address)?.TakeLostActor() == true
        : _lanes.Find(address)?.TakeLostActor() == true;

    /// <summary>
    /// As <see cref="Learn"/>, for news that any program may have sent. Ignored unless this node had a message for the address.
    /// </summary>
    public void LearnRumour(Address address, WireMessage.LaneAt endpoint) =>
        _soleLanes.Find(address)?.Learn(endpoint, isRumour: true);

    private void OnCredentialsChanged()
    {
        _listener?.Recheck();
        foreach (var lane in _soleLanes.All)
        {
            lane.Renew();
        }
    }

    /// <summary>The nodes that the groups of this node name. Their certificates make them nodes, and their lanes are kept.</summary>
    public void SetNamed(ImmutableHashSet<Address> named)
    {
        Volatile.Write(ref _named, named);
        _lanes.SetNamed(named);
        _soleLanes.SetNamed(named);
        _expelled.Remove(named);

        _namesKnown.TrySetResult();
    }

    // Named, or this node has connected to it by itself: an operator has told it to, and the other node has proved its name.
    private bool IsNamed(Address address) => Volatile.Read(ref _named).Contains(address)
        || (!_expelled.Contains(address) && _soleLanes.Find(address) is { IsVerified: true });

    /// <inheritdoc/>
    public string Problems => string.Join(' ', _soleLanes.All.Select(lane => lane.Problem).Where(problem => problem is not null));

    /// <inheritdoc/>
    public void Forget(Address address)
    {
        _lanes.Find(address)?.Forget();
        _soleLanes.Find(address)?.Forget();
    }

    /// <summary>
    /// No group of this node names the other one any more. Without a role of its own, it is no node from now on. Without credentials every
    /// program may connect, so nothing changes.
    /// </summary>
    public void Expel(Address address)
    {
        if (_credentials is not null)
        {
            _expelled.Add(address);
            _soleLanes.Find(address)?.Forget();
            _listener?.Expel(address);
        }
    }

    /// <summary>The fence came back.</summary>
    public void Open(Address address, WireMessage.LaneFence fence) => _lanes.Find(address)?.Open(fence);

    /// <inheritdoc/>
    public void Dispose()
    {
        _credentials?.Dispose();
        _listener?.Dispose();
        foreach (var lane in _lanes.All)
        {
            lane.Forget();
        }

        foreach (var lane in _soleLanes.All)
        {
            lane.Forget();
        }
    }

    // The way back to a node that has connected to this one.
    private SoleLane? LaneToMet(Address address)
    {
        if (!IsSole)
        {
            return null;
        }

        var lane = _soleLanes.Get(address);
        lane.OnMet();
        return lane;
    }
}

using System.Runtime.CompilerServices;

using Akka.Actor;
using Akka.Configuration;

using RaftActors.Settings;
using RaftActors.Values;

namespace RaftActors.Network;

/// <summary>
/// Carries an actor system's messages of raft to other nodes. The first raft actor opens the port; a node that has only clients opens
/// none. Thread-safe.
/// </summary>
internal sealed class NodeNetwork : ICallNetwork
{
    private static readonly ConditionalWeakTable<ActorSystem, NodeNetwork> OfSystems = [];

    // Guards the start, which may take long because it looks up host names and reads files.
    private readonly Lock _lock = new();
    private readonly ExtendedActorSystem _system;
    private readonly LocalLink _local;
    private CallConnections? _ofClients;
    private RaftTransport? _transport;
    private bool _hasBegun;

    private NodeNetwork(ExtendedActorSystem system)
    {
        _system = system;
        _local = new LocalLink(Calls);
        Address = CustomAddress.OwnOf(system);
        CallAddress = CustomAddress.WithoutSystem(Address);
    }

    public static NodeNetwork Of(ActorSystem system) =>
        OfSystems.GetValue(system, static each => new NodeNetwork((ExtendedActorSystem)each));

    /// <summary>The address of this node in the paths that other nodes use.</summary>
    public Address Address { get; }

    public Address CallAddress { get; }

    public NodeCalls Calls { get; } = new();

    /// <summary>Null if the actor system has no address. Set before the first engine or client starts.</summary>
    public INetwork? Network { get; private set; }

    public string Problems => Network?.Problems ?? _ofClients?.Problems ?? "";

    /// <summary><c>/system/raft</c>, which gets the news of connections. Set before the start.</summary>
    public IActorRef Registry { get; set; } = ActorRefs.Nobody;

    /// <inheritdoc cref="Raft.UseTransport"/>
    public void Use(RaftTransport transport)
    {
        var setting = _system.Settings.Config.GetString("raft.transport");
        RaftConfigurationException.Demand(
            setting == "custom", $"Raft.UseTransport was called, and raft.transport is {setting}. Set raft.transport = custom.");
        if (Interlocked.CompareExchange(ref _transport, transport, null) is not null)
        {
            throw new InvalidOperationException("This actor system has a transport already. Call Raft.UseTransport once.");
        }

        Start(isClient: true);
    }

    /// <summary>Returns the reference of an actor at a path with address. Messages to it go by raft's own connections.</summary>
    public IActorRef ActorAt(string path) => Network?.Resolve(path) ?? _system.Provider.ActorAt(path);

    public ICallLink LinkTo(Address node) => node.HasLocalScope || node.Equals(CallAddress) ? _local
        : Network?.LinkTo(node) ?? _ofClients?.LinkTo(node) ?? _local;

    /// <inheritdoc cref="RaftHost.ActorAt"/>
    public IActorRef UserActorAt(string path) => RaftHost.Of(_system).ActorAt(path);

    /// <summary>Reads and checks the settings of the node, and connects it.</summary>
    /// <param name="isClient">True for a node with only clients, which opens no port.</param>
    /// <exception cref="RaftConfigurationException">A setting is wrong, or the port cannot be opened.</exception>
    public void Start(bool isClient)
    {
        lock (_lock)
        {
            var raft = _system.Settings.Config.GetConfig("raft") ?? Config.Empty;
            var security = SecuritySettings.Read(raft);
            var transport = TransportSettings.Read(raft);
            transport.DemandAgreement(security, isByNames: isClient || DiscoverySettings.Read(raft).IsByNames);
            if (!_hasBegun && Make(transport, security) is { } made)
            {
                Network = made;
                _system.RegisterOnTermination(made.Dispose);
                Registry.Tell(made, ActorRefs.NoSender);
            }

            _hasBegun = true;
            if (!isClient && Network is TcpNetwork connections && connections.Listen())
            {
                ExposureCheck.Warn(_system, transport, security);
            }
        }
    }

    private INetwork? Make(TransportSettings settings, SecuritySettings security)
    {
        if (!settings.IsCustom && Address.HasLocalScope)
        {
            _ofClients = CallConnections.Of(_system, settings, security);
            _system.RegisterOnTermination(_ofClients.Dispose);
            return null;
        }

        if (!settings.IsCustom)
        {
            return new TcpNetwork(_system, settings, security, Calls, Registry);
        }

        var transport = _transport ?? throw new RaftConfigurationException(
            "raft.transport is custom, and this actor system has no transport. Call Raft.Get(system).UseTransport(...) before its first "
            + "raft actor or client is created; or set raft.transport = tcp.");
        RaftConfigurationException.Demand(
            Address.HasGlobalScope, CustomAddress.WhyNone(_system.Settings.Config.GetString("raft.node") ?? ""));
        var connections = new CustomNetwork(_system, transport, settings, Address, Calls, Registry);
        RaftHost.Of(_system).ActorAt = connections.Resolve;
        return connections;
    }
}

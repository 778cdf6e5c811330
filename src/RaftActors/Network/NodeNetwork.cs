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
    private bool _hasBegun;

    private NodeNetwork(ExtendedActorSystem system)
    {
        _system = system;
        _local = new LocalLink(Calls);
        Address = RaftAddress.OwnOf(system);
        CallAddress = RaftAddress.WithoutSystem(Address);
    }

    public static NodeNetwork Of(ActorSystem system) =>
        OfSystems.GetValue(system, static each => new NodeNetwork((ExtendedActorSystem)each));

    /// <summary>The address of this node in the paths that other nodes use.</summary>
    public Address Address { get; }

    public Address CallAddress { get; }

    public NodeCalls Calls { get; } = new();

    /// <summary>Null if the actor system has no address. Set before the first engine or client starts.</summary>
    public TcpNetwork? Network { get; private set; }

    public string Problems => Network?.Problems ?? _ofClients?.Problems ?? "";

    /// <summary><c>/system/raft</c>, which gets the news of connections. Set before the start.</summary>
    public IActorRef Registry { get; set; } = ActorRefs.Nobody;

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
            if (!_hasBegun && Address.HasLocalScope)
            {
                RaftConfigurationException.Demand(
                    isClient || !transport.IsAtName, RaftAddress.WhyNone(_system.Settings.Config.GetString("raft.node") ?? ""));
                _ofClients = CallConnections.Of(_system, transport, security);
                _system.RegisterOnTermination(_ofClients.Dispose);
            }
            else if (!_hasBegun)
            {
                Network = new TcpNetwork(_system, transport, security, Calls, Registry);
                _system.RegisterOnTermination(Network.Dispose);
                Registry.Tell(Network, ActorRefs.NoSender);
                if (transport.IsAtName)
                {
                    RaftHost.Of(_system).ActorAt = Network.Resolve;
                }
            }

            _hasBegun = true;
            if (!isClient && Network is { } connections && connections.Listen())
            {
                ExposureCheck.Warn(_system, transport, security);
            }
        }
    }
}

using System.Collections.Concurrent;
using System.Security.Cryptography;

using Akka.Actor;
using Akka.Event;

using RaftActors.Telemetry;
using RaftActors.Wire;

namespace RaftActors.Transport;

/// <summary>
/// The connections of one actor system for the messages of its engines, beside the actor system's remoting: one listener, and one
/// connection to each other node that has announced its own. Without a lane, a message goes by the remoting. Thread-safe.
/// </summary>
internal sealed class Lanes : IDisposable
{
    private readonly LaneContext _context;
    private readonly LaneListener _listener;

    // A node keeps its lane for ever, because engines remember it. A lane without a connection is small.
    private readonly ConcurrentDictionary<Address, Lane> _lanes = new();

    /// <summary>Opens the port.</summary>
    /// <exception cref="RaftConfigurationException">The port cannot be opened.</exception>
    private Lanes(ExtendedActorSystem system, TransportSettings settings, IActorRef registry)
    {
        var own = system.Provider.DefaultAddress;
        var node = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));
        _context = new LaneContext(settings, own, node, registry, system.Log, new TransportMetrics(system.Name))
        {
            FindSlab = ValueSlabs.Of(system).Find,
        };
        _listener = new LaneListener(_context, system.Provider.ResolveActorRef);
    }

    /// <summary>Tells other nodes where the engines of this one take messages.</summary>
    public WireMessage.LaneAt Endpoint => new(_listener.Port, _context.Node);

    /// <summary>Opens the port. Null: the settings ask for none, or the actor system has no address.</summary>
    /// <param name="registry">Gets <see cref="LaneNews"/>.</param>
    /// <exception cref="RaftConfigurationException">The port cannot be opened.</exception>
    public static Lanes? Start(ExtendedActorSystem system, TransportSettings settings, IActorRef registry) =>
        settings.IsTcp && system.Provider.DefaultAddress.HasGlobalScope ? new Lanes(system, settings, registry) : null;

    /// <summary>The lane to the node of an engine, whether it is open or not. Null: the actor is on this node, or is no engine.</summary>
    public Lane? Find(IActorRef engine)
    {
        var path = engine.Path;
        return path.Address.HasGlobalScope
            && !path.Address.Equals(_context.Own)
            && path.ToStringWithoutAddress().StartsWith(FrameReader.EnginesPath, StringComparison.Ordinal)
                ? LaneTo(path.Address)
                : null;
    }

    /// <summary>Connects to a node, unless that is done.</summary>
    public void Learn(Address address, WireMessage.LaneAt endpoint) => LaneTo(address).Learn(endpoint);

    /// <summary>The node is gone.</summary>
    public void Forget(Address address) => _lanes.GetValueOrDefault(address)?.Forget();

    /// <summary>Tries again to connect to the known nodes without a connection.</summary>
    public void Retry()
    {
        foreach (var (_, lane) in _lanes)
        {
            lane.Retry();
        }
    }

    /// <summary>The fence came back.</summary>
    public void Open(Address address, WireMessage.LaneFence fence) => LaneTo(address).Open(fence);

    /// <inheritdoc/>
    public void Dispose()
    {
        _listener.Dispose();
        foreach (var (_, lane) in _lanes)
        {
            lane.Forget();
        }
    }

    private Lane LaneTo(Address address) => _lanes.GetOrAdd(address, static (to, context) => new Lane(to, context), _context);
}

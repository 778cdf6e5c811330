using System.Collections.Concurrent;
using System.Security.Cryptography;

using Akka.Actor;
using Akka.Configuration;
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
    private const string RemotingKey = "akka.remote.dot-netty.tcp";

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

    /// <summary>
    /// Opens the port. Null: all messages go by the remoting. Then the settings ask for it, the actor system has no address, or its
    /// remoting is encrypted.
    /// </summary>
    /// <param name="registry">Gets <see cref="LaneNews"/>.</param>
    /// <exception cref="RaftConfigurationException">The port cannot be opened.</exception>
    public static Lanes? Start(ExtendedActorSystem system, TransportSettings settings, IActorRef registry)
    {
        if (!settings.IsTcp || system.Provider.DefaultAddress.HasLocalScope)
        {
            return null;
        }

        if (IsEncrypted(system.Settings.Config))
        {
            system.Log.Info($"Raft messages go by Akka.Remote, because {RemotingKey}.enable-ssl is on, and raft.transport = tcp has no "
                + "encryption.");
            return null;
        }

        return new Lanes(system, settings with { Hostname = HostOf(system, settings) }, registry);
    }

    /// <summary>Whether the remoting uses TLS. Then no message may leave the node without.</summary>
    public static bool IsEncrypted(Config config) => config.GetBoolean($"{RemotingKey}.enable-ssl");

    // Listens where the remoting listens, which need not be where others reach it. Only the embedded runtime has a bind-hostname.
    private static string HostOf(ActorSystem system, TransportSettings settings)
    {
        var config = system.Settings.Config;
        string?[] hosts =
        [
            settings.Hostname,
            config.GetString($"{RemotingKey}.bind-hostname"),
            config.GetString($"{RemotingKey}.hostname"),
        ];
        return hosts.FirstOrDefault(host => !string.IsNullOrEmpty(host)) ?? "";
    }

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

using Akka.Actor;
using Akka.Cluster;

using RaftActors.Coordination.Bootstrap;
using RaftActors.Coordination.Downing;

namespace RaftActors.Coordination;

/// <summary>
/// Decides by the coordination group which members of an Akka.Cluster go down when some cannot reach others. All nodes follow the first
/// decision that the group commits, so exactly one side survives. A node that reaches no quorum of the group downs itself.
/// <para>
/// The configuration names it: <c>akka.cluster.downing-provider-class = "RaftActors.Coordination.RaftDowningProvider,
/// RaftActors.Coordination"</c>.
/// </para>
/// </summary>
internal sealed class RaftDowningProvider : IDowningProvider
{
    private readonly DowningSettings _settings;

    /// <summary>Called by Akka.Cluster.</summary>
    /// <param name="system">The actor system of this node.</param>
    /// <param name="cluster">The cluster of which it is a member.</param>
    /// <exception cref="RaftConfigurationException">A setting of <c>raft-coordination</c> is wrong.</exception>
    public RaftDowningProvider(ActorSystem system, Cluster cluster)
    {
        ArgumentNullException.ThrowIfNull(system);
        ArgumentNullException.ThrowIfNull(cluster);
        var settings = _settings = DowningSettings.Read(system);
        _ = BootstrapSettings.Read(system);
        Func<RaftItems> items = () => RaftCoordination.Get(system).Items;
        DowningActorProps = Props.Create(() => new DowningActor(cluster, settings, items));
    }

    /// <summary>
    /// The time from the removal of a downed member until singletons and shards move: <c>akka.cluster.down-removal-margin</c>, if it is
    /// set. Otherwise none if <c>use-lease</c> of both names a lease, and else <c>down-self-after</c>, within which a node that cannot
    /// learn of the decision downs itself.
    /// </summary>
    public TimeSpan DownRemovalMargin => _settings.RemovalMargin;

    /// <inheritdoc/>
    public Props DowningActorProps { get; }
}

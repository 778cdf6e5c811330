using Akka.Actor.Setup;
using Akka.Hosting;
using Akka.Hosting.Coordination;

namespace RaftActors.Hosting;

/// <summary>
/// The lease of <see cref="RaftAkkaExtensions.WithRaftCoordination"/> for the options of Akka.Cluster.Hosting that take one:
/// <c>LeaseMajorityOption</c>, <c>ClusterSingletonOptions</c> and <c>ShardOptions</c>.
/// </summary>
public sealed class RaftLeaseOption : LeaseOptionBase
{
    /// <inheritdoc/>
    public override string ConfigPath => "akka.coordination.lease.raft";

    /// <inheritdoc/>
    public override Type Class => RaftPlan.PlugIn("akka.coordination.lease.raft.lease-class");

    /// <summary>Adds the configuration of the lease.</summary>
    /// <inheritdoc/>
    public override void Apply(AkkaConfigurationBuilder builder, Setup? setup = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        RaftPlan.Of(builder).AddCoordination();
    }
}

using Akka.Actor.Setup;
using Akka.Hosting;

using RaftActors.Coordination;

namespace RaftActors.Hosting;

/// <summary>
/// The discovery method <c>raft</c> for the options of Akka.Hosting that take one, such as <c>WithClusterClientDiscovery</c>. It finds the
/// addresses that <see cref="RaftCoordination.RegisterAsync"/> has registered.
/// </summary>
public sealed class RaftDiscoveryOption : IDiscoveryOptions
{
    string IHoconOption.ConfigPath => "raft";

    Type IHoconOption.Class => RaftPlan.PlugIn("akka.discovery.raft.class");

    void IHoconOption.Apply(AkkaConfigurationBuilder builder, Setup? setup)
    {
        ArgumentNullException.ThrowIfNull(builder);
        RaftPlan.Of(builder).AddCoordination();
    }
}

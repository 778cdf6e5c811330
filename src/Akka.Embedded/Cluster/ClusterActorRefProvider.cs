using Akka.Actor;
using Akka.Remote;

namespace Akka.Cluster;

/// <summary>The remoting provider for an actor system that is a cluster node.</summary>
internal sealed class ClusterActorRefProvider : RemoteActorRefProvider
{
    public ClusterActorRefProvider(ActorSystemImpl system)
        : base(system)
    {
        AddDefaults("Akka.Embedded.Cluster.reference.conf");
    }

    public override void Init()
    {
        base.Init();
        Cluster.Get(System);
    }
}

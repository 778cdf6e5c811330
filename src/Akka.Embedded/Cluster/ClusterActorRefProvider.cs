using Akka.Actor;
using Akka.Remote;

namespace Akka.Cluster;

/// <summary>Remoting whose actor system is a node of a cluster from the start.</summary>
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

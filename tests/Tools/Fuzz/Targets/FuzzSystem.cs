using Akka.Configuration;

namespace RaftActors.Fuzz.Targets;

/// <summary>
/// The actor system whose serializers read the inputs. It has no remoting: an input may name any host, and no run may connect to it.
/// </summary>
internal static class FuzzSystem
{
    private static readonly Lazy<ActorSystem> Started = new(Start);

    public static ExtendedActorSystem Instance => (ExtendedActorSystem)Started.Value;

    private static ActorSystem Start()
    {
        Config quiet = "akka { loglevel = OFF, stdout-loglevel = OFF, log-dead-letters = off }";
        var system = ActorSystem.Create("fuzz", quiet.WithFallback(Raft.DefaultConfig()));
        Raft.Get(system).UseJson(OrderJson.Default);
        return system;
    }
}

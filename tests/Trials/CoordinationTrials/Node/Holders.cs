using Akka.Actor;
using Akka.Cluster.Sharding;
using Akka.Cluster.Tools.Singleton;

namespace CoordinationTrials.Node;

/// <summary>The singleton and the entities of a node.</summary>
internal static class Holders
{
    /// <summary>Starts those of one life of a node.</summary>
    /// <param name="life">Unique in the trial.</param>
    /// <param name="write">Writes to the register: the resource, the instance of its holder and its token.</param>
    /// <returns>The region of the entities. A message creates an entity that does not run.</returns>
    public static Task<IActorRef> Start(ActorSystem system, string life, bool hasTokens, Action<string, string, long?> write)
    {
        system.ActorOf(
            ClusterSingletonManager.Props(
                Props.Create(() => new Writer(life, TrialNode.Singleton, hasTokens, write)),
                PoisonPill.Instance,
                ClusterSingletonManagerSettings.Create(system)),
            TrialNode.Singleton);
        return ClusterSharding.Get(system).StartAsync(
            "entities",
            entity => Props.Create(() => new Writer(life, entity, hasTokens, write)),
            ClusterShardingSettings.Create(system),
            new EachInItsShard());
    }

    /// <summary>Each entity has a shard of its own, and a message to it is its name.</summary>
    private sealed class EachInItsShard() : HashCodeMessageExtractor(1)
    {
        public override string EntityId(object message) => (string)message;

        public override string ShardId(string entityId, object? messageHint = null) => entityId;
    }
}

/// <summary>A singleton or an entity. It writes to the register under the token that it got at its start, and never asks again.</summary>
internal sealed class Writer : ReceiveActor, IWithTimers
{
    private static int _lives;

    /// <param name="resource">Its name in the register.</param>
    public Writer(string life, string resource, bool hasToken, Action<string, string, long?> write)
    {
        var instance = $"{life}-{Interlocked.Increment(ref _lives)}";
        long? token = null;
        Receive<Due>(_ =>
        {
            // A token is missing if the lease is lost between its acquisition and the start of this actor.
            token ??= hasToken ? RaftCoordination.Get(Context.System).TokenOf(Context) : null;
            if (token is not null || !hasToken)
            {
                write(resource, instance, token);
            }

            Timers.StartSingleTimer(Due.Instance, Due.Instance, Interval);
        });
        ReceiveAny(_ => { });
    }

    /// <summary>The time between two writes.</summary>
    public static TimeSpan Interval { get; } = TimeSpan.FromMilliseconds(50);

    public ITimerScheduler Timers { get; set; } = null!; // Justification: Akka sets it before the actor starts.

    protected override void PreStart() => Self.Tell(Due.Instance);

    private sealed class Due
    {
        public static Due Instance { get; } = new();
    }
}

using System.Collections.Immutable;
using Akka.Actor;
using Akka.Event;
using Akka.Remote;

namespace Akka.Cluster;

/// <summary>The messages between the daemons of different nodes.</summary>
internal abstract record ClusterMessage : IDeadLetterSuppression
{
    private ClusterMessage()
    {
    }

    /// <summary>Asks a seed node whether it is a member.</summary>
    internal sealed record InitJoin : ClusterMessage;

    internal sealed record InitJoinAck(Address Address) : ClusterMessage;

    internal sealed record InitJoinNack(Address Address) : ClusterMessage;

    internal sealed record Join(UniqueAddress Node, ImmutableHashSet<string> Roles) : ClusterMessage;

    /// <summary>The answer to a join: a gossip that contains the new node.</summary>
    internal sealed record Welcome(UniqueAddress From, Gossip Gossip) : ClusterMessage;

    internal sealed record GossipEnvelope(UniqueAddress From, UniqueAddress To, Gossip Gossip) : ClusterMessage;

    internal sealed record Heartbeat : ClusterMessage, IHeartbeat;

    internal sealed record HeartbeatReply(UniqueAddress From) : ClusterMessage, IHeartbeat;

    /// <summary>An exiting or downed node confirms that it knows this and stops. It may be removed.</summary>
    internal sealed record ExitingConfirmed(UniqueAddress Node) : ClusterMessage;
}

/// <summary>The commands of <see cref="Cluster"/> to the daemon of its own node.</summary>
internal abstract record ClusterCommand : INoSerializationVerificationNeeded
{
    private ClusterCommand()
    {
    }

    internal sealed record JoinSeedNodes(ImmutableList<Address> SeedNodes) : ClusterCommand;

    internal sealed record JoinTo(Address Address) : ClusterCommand;

    internal sealed record Leave(Address Address) : ClusterCommand;

    internal sealed record Down(Address Address) : ClusterCommand;

    internal sealed record Subscribe(
        IActorRef Subscriber,
        ClusterEvent.SubscriptionInitialStateMode Mode,
        ImmutableHashSet<Type> To) : ClusterCommand;

    internal sealed record Unsubscribe(IActorRef Subscriber, Type? To) : ClusterCommand;

    internal sealed record SendCurrentClusterState(IActorRef Receiver) : ClusterCommand;

    internal sealed record OnMemberUp(Action Callback) : ClusterCommand;

    /// <summary>This node has finished its work as an exiting member and stops.</summary>
    internal sealed record ExitingCompleted : ClusterCommand;

    internal sealed record Tick(TickKind Kind) : ClusterCommand;
}

internal enum TickKind
{
    Gossip,
    Leader,
    Heartbeat,
    Reap,
    Join,
}

using Akka.Actor;
using Akka.Event;

using RaftActors.Core;
using RaftActors.Core.Codec;
using RaftActors.Security;
using RaftActors.Settings;
using RaftActors.Telemetry;
using RaftActors.Wire;

namespace RaftActors.Network;

/// <summary>What all connections of one actor system share.</summary>
/// <param name="Own">The address of the actor system.</param>
/// <param name="Node">Its identity: a restarted system has another.</param>
/// <param name="Registry">Gets <see cref="ConnectionNews"/>.</param>
internal sealed record NetworkContext(
    TransportSettings Settings, Address Own, ulong Node, IActorRef Registry, ILoggingAdapter Log, TransportMetrics Metrics)
{
    /// <summary>
    /// The most nodes that no group of this node names, and to which it has a route: as many as may have connected to it.
    /// </summary>
    public const int UnnamedMax = 1024;

    /// <summary>Finds the memory for the values in the log of a member of this node.</summary>
    public Func<Member, ValueSlab?>? FindSlab { get; init; }

    /// <summary>Null: connections are neither encrypted nor authenticated.</summary>
    public CredentialStore? Credentials { get; init; }

    /// <summary>The bytes of the replies to calls.</summary>
    public required OutcomeFormat Outcomes { get; init; }

    /// <summary>The processes of this node that take calls.</summary>
    public required NodeCalls Calls { get; init; }

    /// <summary>Limits the log lines about refused messages.</summary>
    public WarningLimit Refusals { get; } = new(Machine.Current.Time);

    /// <summary>Limits the answers that wait for clients.</summary>
    public PendingReplies Replies { get; } = new(Settings.ReplySizeMaxBytes, Machine.Current.Time);

    /// <summary>
    /// Whether a roster, a contact or the log of a group on this node names the node. With credentials it is false if Akka.Cluster names
    /// it, because any program may join a cluster.
    /// </summary>
    public Func<Address, bool> IsNamed { get; init; } = _ => false;

    /// <summary>Completes when <see cref="IsNamed"/> knows the nodes that the first group of this node names.</summary>
    public Task NamesKnown { get; init; } = Task.CompletedTask;

    /// <summary>The present connection to an address; null: there is no room for one.</summary>
    public Func<Address, IConnection?> ConnectionTo { get; init; } = _ => null;

    /// <summary>Finds an actor of this node.</summary>
    public required Func<string, IActorRef> Resolve { get; init; }

    /// <summary>
    /// A message to another node could not be written into a frame. A leader sends the same one again and again.
    /// </summary>
    public void OnUnwritten(object message, Address node)
    {
        Metrics.OnDropped();
        const string Why = "It does not fit into a frame (raft.transport-tcp.frame-size-max), has a text that is no Unicode, or needs a "
            + "newer program on that node (raft upgrade status).";
        if (Refusals.TryGive(node.ToString(), Why, out var text))
        {
            Log.Warning("A {0} to {1} was dropped. {2}", message.GetType().Name, node, text);
        }
    }
}

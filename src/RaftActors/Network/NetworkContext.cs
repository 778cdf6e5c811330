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
/// <param name="Node">The identity of this start of the actor system.</param>
/// <param name="Registry">Gets <see cref="ConnectionNews"/>.</param>
internal sealed record NetworkContext(
    TransportSettings Settings, Address Own, ulong Node, IActorRef Registry, ILoggingAdapter Log, TransportMetrics Metrics)
{
    private const string WhyUnwritten = "It does not fit into a frame (raft.transport-tcp.frame-size-max), has a text that is no Unicode, "
        + "or needs a newer program on that node (raft upgrade status).";

    /// <summary>The most routes to nodes that no group of this node names: as many as nodes may have connected to it.</summary>
    public const int UnnamedMax = 1024;

    /// <summary>Finds the memory for the values in a member's log.</summary>
    public Func<Member, ValueSlab?>? FindSlab { get; init; }

    /// <summary>Null without encryption and authentication.</summary>
    public CredentialStore? Credentials { get; init; }

    public required OutcomeFormat Outcomes { get; init; }

    public required NodeCalls Calls { get; init; }

    public IChannels Channels { get; } = IChannels.Current;

    public OwnProcesses Processes { get; } = new();

    public WarningLimit Refusals { get; } = new(Machine.Current.Time);

    public PendingReplies Replies { get; } = new(Settings.ReplySizeMaxBytes, Machine.Current.Time);

    /// <summary>
    /// Tells whether a roster, a contact or the log of a group on this node names a node. With credentials, the members of Akka.Cluster do
    /// not count, because any program may join a cluster.
    /// </summary>
    public Func<Address, bool> IsNamed { get; init; } = _ => false;

    /// <summary>Completes once <see cref="IsNamed"/> knows the nodes of the first group.</summary>
    public Task NamesKnown { get; init; } = Task.CompletedTask;

    /// <summary>Returns the present connection to an address, or null if there is no room for one.</summary>
    public Func<Address, IConnection?> ConnectionTo { get; init; } = _ => null;

    public required Func<string, IActorRef> Resolve { get; init; }

    /// <summary>
    /// Writes a call or a reply that goes in a message of the registry. Returns null if it has a text that is no Unicode, or fits into no
    /// frame, which has the paths of both sides besides.
    /// </summary>
    public byte[]? TryWrite(IActorRef to, byte level, Action<ByteWriter> write)
    {
        ByteWriter writer = new() { Level = level };
        try
        {
            write(writer);
        }
        catch (ArgumentException)
        {
            return null;
        }

        var max = Settings.FrameSizeMaxBytes;
        return writer.Length <= max / 2 || writer.Length + FrameWriter.HeadSizeMaxOf(to, Registry, Own) <= max ? writer.ToArray() : null;
    }

    /// <summary>
    /// Counts and logs a message that could not be written into a frame. The log is limited, because a leader sends the same message again
    /// and again.
    /// </summary>
    public void OnUnwritten(object message, Address node)
    {
        Metrics.OnDropped();
        if (Refusals.TryGive(node.ToString(), WhyUnwritten, out var text))
        {
            Log.Warning("A {0} to {1} was dropped. {2}", message.GetType().Name, node, text);
        }
    }

    /// <summary>Ends a call that could not be written into a frame, because a repeat would fail too.</summary>
    public void EndUnwritten(ClientCall call, Address node, ICaller caller)
    {
        OnUnwritten(call, node);
        var failure = RaftFailure.NotDone(
            FailureReason.Invalid,
            $"A {call.GetType().Name} to {node} was not sent. {WhyUnwritten} A frame has at most {Settings.FrameSizeMaxBytes} bytes here. "
                + "Send less, or raise the setting on this program and on all nodes; correct the text; or upgrade that node.");
        OpenCalls.Tell([caller], call.FailedWith(failure, caller.Request));
    }
}

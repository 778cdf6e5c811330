using System.Collections.Concurrent;

using Akka.Actor;

using RaftActors.Core.Codec;
using RaftActors.Wire;

namespace RaftActors.Network;

/// <summary>The processes of a node that take calls, and its registry. Thread-safe.</summary>
/// <param name="connections">The number of connections of clients so far, from which the numbers of new ones go on.</param>
internal sealed class NodeCalls(long connections = 0)
{
    // The number of a forwarded call has the number of a connection in its upper bits, and the client's own number below.
    private const int NumberBits = 40;

    private const long NumberMax = (1L << NumberBits) - 1;

    private const string WhyNotPassedOn =
        "A node passes on only Appends, changes and ends of its clients. Call the process by a connection of the client's own.";

    private const long IdMax = (1L << (62 - NumberBits)) - 1;

    private readonly ConcurrentDictionary<CallTarget, ICallInbox> _inboxes = new();
    private readonly ConcurrentDictionary<long, InboundCallConnection> _clients = new();
    private long _connections = connections;

    /// <summary>Returns the status of a process of this node, whether it runs or not; null: there is none.</summary>
    public Func<CallTarget, RaftStatus?> StatusOf { get; set; } = static _ => null;

    public void Add(CallTarget target, ICallInbox inbox) => _inboxes[target] = inbox;

    /// <summary>Removes an inbox, unless another one has taken its place.</summary>
    public void Remove(CallTarget target, ICallInbox inbox) => _inboxes.TryRemove(new(target, inbox));

    public ICallInbox? Find(CallTarget target) => _inboxes.GetValueOrDefault(target);

    /// <summary>
    /// Adds a client's connection, since its replies may come by another node. Returns the number of the connection on this node.
    /// </summary>
    public long Enter(InboundCallConnection connection)
    {
        while (true)
        {
            var id = Interlocked.Increment(ref _connections) & IdMax;
            if (id > 0 && _clients.TryAdd(id, connection))
            {
                return id;
            }
        }
    }

    public void Leave(long id) => _clients.TryRemove(id, out _);

    /// <summary>
    /// Returns the message that forwards a call to another node, or null if the numbers are too large. The number of the forwarded call
    /// contains the connection and the client's own number, so this node need not remember the call.
    /// </summary>
    /// <param name="level">The format level of the connection to that node.</param>
    public WireMessage? TryForward(RemoteCaller caller, CallTarget target, ClientCall call, byte level)
    {
        if (caller.Number > NumberMax || caller.Connection.Id is not { } id)
        {
            return null;
        }

        ByteWriter writer = new() { Level = level };
        CallFormat.WriteCall(writer, (id << NumberBits) | caller.Number, target, call);
        return new WireMessage.Call(writer.ToArray());
    }

    /// <summary>Takes a call that another node has sent for a client that it serves.</summary>
    /// <param name="from">Gets the reply.</param>
    /// <param name="latest">The receiver of the call before.</param>
    /// <exception cref="InvalidDataException">The call is damaged.</exception>
    public void Take(WireMessage.Call call, IActorRef from, byte level, CallFormat.LatestTarget latest, NetworkContext context)
    {
        var reader = ByteReader.OfKept(call.Frame);
        var (number, target, content) = CallFormat.ReadCall(ref reader, latest);
        var inbox = Find(target);
        PeerCaller caller = new(from, number, level, context) { SizeBytes = call.Frame.Length };
        if (content is not (ClientCall.Append or ClientCall.Change or ClientCall.Close))
        {
            caller.Tell(content.FailedWith(RaftFailure.NotDone(FailureReason.Unauthorized, WhyNotPassedOn)), context.Registry);
        }
        else if (inbox is null)
        {
            caller.Tell(WhyNone(target, content), context.Registry);
        }
        else if (caller.TryWait(inbox.Untaken, window: null))
        {
            inbox.Add(content, caller);
            inbox.Announce();
        }
        else
        {
            caller.Tell(WhyFull(target, content), context.Registry);
        }
    }

    /// <summary>Passes the reply to a forwarded call on to the client, if it is still connected.</summary>
    /// <exception cref="InvalidDataException">The reply is damaged.</exception>
    public void Return(WireMessage.Reply reply)
    {
        var reader = ByteReader.OfKept(reply.Frame);
        var number = CallFormat.ReadHead(ref reader);
        if (_clients.TryGetValue(number >> NumberBits, out var client))
        {
            client.Write(number & NumberMax, reader.Rest().ToArray());
        }
    }

    /// <summary>
    /// The reply to a call for a process that does not run here. Its node tells the status, so that an operator anywhere learns why it
    /// does not run.
    /// </summary>
    public object WhyNone(CallTarget target, ClientCall call) =>
        call is ClientCall.Status && StatusOf(target) is { } status ? status : WhyNone(target);

    /// <summary>The reply to a call that is not for the status.</summary>
    public ClientReply WhyNone(CallTarget target) => new ClientReply.Declined(
        $"No process {target.Process} of group '{target.Group}' runs on this node"
        + (StatusOf(target)?.Failure is { } failure ? $": {failure}" : "."));

    /// <summary>
    /// The reply to a call that does not fit into the inbox. An Append fails, as with other bounds of a process. So does the question for
    /// the leader, because a decline means that the process is gone.
    /// </summary>
    public static object WhyFull(CallTarget target, ClientCall call)
    {
        var why = $"{(target.Process is { } process ? $"{process}" : "The registry")} has too many calls that wait. Call again later.";
        return call is ClientCall.Append or ClientCall.Locate or ClientCall.Ping
            ? call.FailedWith(RaftFailure.NotDone(FailureReason.Busy, why))
            : new ClientReply.Declined(why);
    }
}

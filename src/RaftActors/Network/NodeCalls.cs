using System.Collections.Concurrent;

using Akka.Actor;

using RaftActors.Core.Codec;
using RaftActors.Wire;

namespace RaftActors.Network;

/// <summary>The processes of a node that take calls, and its registry. Thread-safe.</summary>
/// <param name="connections">The number of clients that have connected before.</param>
internal sealed class NodeCalls(long connections = 0)
{
    // A forwarded call has the number of a connection above the number that the client gave the call.
    private const int NumberBits = 40;

    /// <summary>A call of the node itself has a number up to this.</summary>
    public const long NumberMax = (1L << NumberBits) - 1;

    private const long IdMax = (1L << (62 - NumberBits)) - 1;

    private readonly ConcurrentDictionary<CallTarget, ICallInbox> _inboxes = new();
    private readonly ConcurrentDictionary<long, ClientConnection> _clients = new();
    private long _connections = connections;

    public void Add(CallTarget target, ICallInbox inbox) => _inboxes[target] = inbox;

    /// <summary>Does nothing if a later one has its place.</summary>
    public void Remove(CallTarget target, ICallInbox inbox) => _inboxes.TryRemove(new(target, inbox));

    /// <summary>Null: no such process runs here.</summary>
    public ICallInbox? Find(CallTarget target) => _inboxes.GetValueOrDefault(target);

    /// <summary>A client has connected. Its replies may come by another node.</summary>
    /// <returns>The number of the connection on this node.</returns>
    public long Enter(ClientConnection connection)
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

    /// <summary>The connection of a client has ended.</summary>
    public void Leave(long id) => _clients.TryRemove(id, out _);

    /// <summary>
    /// The message that passes a call on to another node. The number of the forwarded call names the connection and the number of the
    /// client, so this node keeps nothing of the call. Null: the numbers are too large for that.
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

    /// <summary>Takes a call that another node has sent, for one of its clients or for a client that it serves.</summary>
    /// <param name="from">Gets the reply.</param>
    /// <param name="latest">The receiver of the call before.</param>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    public void Take(WireMessage.Call call, IActorRef from, byte level, CallFormat.LatestTarget latest, NetworkContext context)
    {
        var reader = ByteReader.OfKept(call.Frame);
        var (number, target, content) = CallFormat.ReadCall(ref reader, latest);
        var inbox = Find(target);
        PeerCaller caller = new(from, number, level, context) { Waiting = inbox?.PassedOn, SizeBytes = call.Frame.Length };
        if (inbox is null)
        {
            caller.Tell(WhyNone(target), context.Registry);
        }
        else if (inbox.PassedOn.TryAdd(caller.SizeBytes))
        {
            inbox.Add(content, caller);
            inbox.Announce();
        }
        else
        {
            caller.Tell(new ClientReply.Declined($"{target.Process} has too many calls from other nodes that wait"), context.Registry);
        }
    }

    /// <summary>Whether a reply is to a call that this node has forwarded.</summary>
    public static bool IsForwarded(WireMessage.Reply reply)
    {
        var reader = ByteReader.OfKept(reply.Frame);
        return CallFormat.ReadHead(ref reader) > NumberMax;
    }

    /// <summary>The reply to a forwarded call came. Does nothing if the client is gone.</summary>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    public void Return(WireMessage.Reply reply)
    {
        var reader = ByteReader.OfKept(reply.Frame);
        var number = CallFormat.ReadHead(ref reader);
        if (_clients.TryGetValue(number >> NumberBits, out var client))
        {
            client.Write(number & NumberMax, reader.Rest().ToArray());
        }
    }

    /// <summary>The reply to a call for which there is no process.</summary>
    public static ClientReply WhyNone(CallTarget target) =>
        new ClientReply.Declined($"No process {target.Process} of group '{target.Group}' runs on this node.");
}

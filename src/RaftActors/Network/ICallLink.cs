using Akka.Actor;

using RaftActors.Wire;

namespace RaftActors.Network;

/// <summary>
/// The route of calls to one node: inside of this one (<see cref="LocalLink"/>), or by a connection (<see cref="CallConnection"/>). The
/// reply comes by the same route. Thread-safe.
/// </summary>
internal interface ICallLink
{
    /// <summary>Why there is no connection. Null if there is one, none was tried, or the reason is not known.</summary>
    string? Problem => null;

    /// <summary>Says in a sentence that the link is <see cref="CallSending.Full"/>.</summary>
    static string WhyFull(object node) =>
        $"The calls to {node} wait to be sent, because that node or the network is slow (raft.transport-tcp.queue-size-max).";

    /// <summary>
    /// Sends a call. If the connection ends before the reply, the caller gets <see cref="ClientReply.Lost"/>. A call that its caller sends
    /// again by the same link keeps its number.
    /// </summary>
    CallSending Send(CallTarget target, ClientCall call, ICaller caller);

    /// <summary>Drops a call whose caller waits no longer.</summary>
    void Forget(ICaller caller)
    {
    }
}

/// <summary>What became of a call that a link was asked to send.</summary>
internal enum CallSending
{
    /// <summary>The link has the call, and its caller gets a reply.</summary>
    Sent,

    /// <summary>
    /// Too many bytes of other calls wait for the connection, or the callers of one that has ended are still being told. Nothing is known
    /// against the other node.
    /// </summary>
    Full,

    /// <summary>There is no connection now.</summary>
    Unreachable,
}

/// <summary>The calls of clients to processes of their own node.</summary>
internal sealed class LocalLink(NodeCalls calls) : ICallLink
{
    public CallSending Send(CallTarget target, ClientCall call, ICaller caller)
    {
        if (calls.Find(target) is not { } inbox)
        {
            caller.Tell(calls.WhyNone(target, call), ActorRefs.NoSender);
            return CallSending.Sent;
        }

        inbox.Add(call, caller);
        inbox.Announce();
        return CallSending.Sent;
    }
}

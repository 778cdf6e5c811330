using Akka.Actor;

using RaftActors.Wire;

namespace RaftActors.Network;

/// <summary>
/// The route of calls to one node: inside of this one (<see cref="LocalLink"/>), by a connection (<see cref="CallConnection"/>), or by a
/// custom transport (<see cref="CustomConnection"/>). The reply comes by the same route. Thread-safe.
/// </summary>
internal interface ICallLink
{
    /// <summary>Why there is no connection. Null if there is one, none was tried, or the reason is not known.</summary>
    string? Problem => null;

    /// <summary>
    /// Sends a call. Returns false if there is no connection now. If the connection ends before the reply, the caller gets <see
    /// cref="ClientReply.Lost"/>. A call that its caller sends again by the same link keeps its number.
    /// </summary>
    bool Send(CallTarget target, ClientCall call, ICaller caller);

    /// <summary>Drops a call whose caller waits no longer.</summary>
    void Forget(ICaller caller)
    {
    }
}

/// <summary>The calls of clients to processes of their own node.</summary>
internal sealed class LocalLink(NodeCalls calls) : ICallLink
{
    public bool Send(CallTarget target, ClientCall call, ICaller caller)
    {
        if (calls.Find(target) is not { } inbox)
        {
            caller.Tell(NodeCalls.WhyNone(target), ActorRefs.NoSender);
            return true;
        }

        inbox.Add(call, caller);
        inbox.Announce();
        return true;
    }
}

using Akka.Actor;

using RaftActors.Wire;

namespace RaftActors.Network;

/// <summary>
/// The route of calls to one node: inside of this one (<see cref="LocalLink"/>), by a connection (<see cref="CallConnection"/>), or by a
/// custom transport (<see cref="CustomCallLink"/>). The reply comes by the same route. Thread-safe.
/// </summary>
internal interface ICallLink
{
    /// <summary>Why there is no connection; null: there is one, none was tried, or that cannot be known.</summary>
    string? Problem => null;

    /// <summary>
    /// Sends a call. If the connection ends before the reply, the caller gets <see cref="ClientReply.Lost"/>. A call that its caller sends
    /// again by the same link keeps its number.
    /// </summary>
    /// <returns>False: there is no connection now, and the call was not sent.</returns>
    bool Send(CallTarget target, ClientCall call, ICaller caller);

    /// <summary>The caller waits for no reply any more.</summary>
    void Forget(ICaller caller);
}

/// <summary>The calls of clients to processes of their own node.</summary>
internal sealed class LocalLink(NodeCalls calls) : ICallLink
{
    /// <inheritdoc/>
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

    /// <inheritdoc/>
    public void Forget(ICaller caller)
    {
    }
}

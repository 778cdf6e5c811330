using Akka.Actor;

namespace RaftActors.Network;

/// <summary>The caller of one call that came by a client's connection. A repeated call has the same caller.</summary>
internal sealed record RemoteCaller(InboundCallConnection Connection, long Number) : ICanTell
{
    /// <summary>Reports that the process has taken the call, so the next one may come.</summary>
    public static void OnTaken(ICanTell caller)
    {
        switch (caller)
        {
            case RemoteCaller client:
                client.Connection.Calls.OnTaken();
                break;
            case PeerCaller passedOn:
                passedOn.Waiting?.OnTaken(passedOn.SizeBytes);
                break;
        }
    }

    public void Tell(object message, IActorRef sender) => Connection.Write(Number, message);
}

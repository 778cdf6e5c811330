using Akka.Actor;

namespace RaftActors.Network;

/// <summary>The caller of one call that came by a client's connection. A repeated call has the same caller.</summary>
internal sealed record RemoteCaller(InboundCallConnection Connection, long Number) : WaitingCaller
{
    public override bool MayOperate => Connection.MayOperate;

    /// <summary>A repeated call has the same caller, also if the repeat has another size or waits.</summary>
    public bool Equals(RemoteCaller? other) => other is not null && Connection == other.Connection && Number == other.Number;

    public override int GetHashCode() => HashCode.Combine(Connection, Number);

    public override void Tell(object message, IActorRef sender) => Connection.Write(Number, message);
}

using Akka.Actor;

using RaftActors.Wire;

namespace RaftActors.Network;

/// <summary>The caller of a call that another node has passed on for a client that it serves.</summary>
/// <param name="To">The actor of the other node that sent the call.</param>
internal sealed record PeerCaller(IActorRef To, long Number, byte Level, NetworkContext Context) : WaitingCaller
{
    /// <summary>The other node has checked the client's role, and does not tell it, so an Append has the rights of a writer.</summary>
    public override bool MayOperate => false;

    /// <summary>A repeated call has the same caller, even if the repeat has another size.</summary>
    public bool Equals(PeerCaller? other) => other is not null && To.Equals(other.To) && Number == other.Number;

    public override int GetHashCode() => HashCode.Combine(To, Number);

    public override void Tell(object message, IActorRef sender)
    {
        if (TryWrite(message) is not { } reply)
        {
            Context.OnUnwritten(message, To.Path.Address);
            reply = TryWrite(OutcomeFormat.InPlaceOf(message));
        }

        if (reply is not null)
        {
            To.Tell(reply, Context.Registry);
        }
    }

    private WireMessage.Reply? TryWrite(object message) =>
        Context.TryWrite(To, Level, writer => CallFormat.WriteReply(writer, Number, message, Context.Outcomes)) is { } bytes
            ? new WireMessage.Reply(bytes)
            : null;
}

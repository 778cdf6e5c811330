using Akka.Actor;

using RaftActors.Core.Codec;
using RaftActors.Wire;

namespace RaftActors.Network;

/// <summary>
/// The caller of a call that another node has sent: for a client that it serves, or by a custom transport for one of its own.
/// </summary>
/// <param name="To">The actor of the other node that the call came from.</param>
internal sealed record PeerCaller(IActorRef To, long Number, byte Level, NetworkContext Context) : ICanTell
{
    /// <inheritdoc/>
    public void Tell(object message, IActorRef sender)
    {
        ByteWriter writer = new() { Level = Level };
        try
        {
            CallFormat.WriteReply(writer, Number, message, Context.Outcomes);
        }
        catch (ArgumentException)
        {
            Context.OnUnwritten(message, To.Path.Address);
            return;
        }

        To.Tell(new WireMessage.Reply(writer.ToArray()), Context.Registry);
    }
}

using Akka.Event;

namespace RaftActors.Wire;

/// <summary>
/// A message of raft that came by Akka's remoting although <c>raft.security</c> is set. Any program may have sent it, so it decides
/// nothing.
/// </summary>
/// <param name="Rumour">
/// A <see cref="WireMessage.LaneWanted"/> asks for the port of raft, and a <see cref="WireMessage.LaneAt"/> tells it: the connection
/// to that port shows whether it is true. Null: any other message, which is refused.
/// </param>
internal sealed record ByRemoting(WireMessage? Rumour) : IDeadLetterSuppression;

using Akka.Event;

namespace RaftActors.Wire;

/// <summary>A message of raft that came by Akka's remoting and is refused. Any program may have sent it, so no actor handles it.</summary>
internal sealed record RefusedMessage : IDeadLetterSuppression
{
    public static RefusedMessage Instance { get; } = new();
}

using Akka.Event;

namespace RaftActors.Wire;

/// <summary>
/// Stands for a message of raft that came by Akka's remoting. Any program may have sent it, so it is refused and no actor handles it.
/// </summary>
internal sealed record RefusedMessage : IDeadLetterSuppression
{
    public static RefusedMessage Instance { get; } = new();
}

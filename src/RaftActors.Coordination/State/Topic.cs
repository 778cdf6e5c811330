namespace RaftActors.Coordination.State;

/// <summary>A part of the state: a pair changes some, a question waits for one, and the leader times those that expire.</summary>
/// <param name="Name">The name of the lock or of the item, or the owner of the session.</param>
/// <param name="Session">Of a session or a claim; otherwise 0.</param>
/// <param name="Claim">Of a claim; otherwise null.</param>
internal readonly record struct Topic(TopicKind Kind, string Name, long Session = 0, long Claim = 0);

internal enum TopicKind
{
    /// <summary>The holders of a lock, but not the claims that wait.</summary>
    Lock,

    /// <summary>Whether a claim waits, holds or has ended.</summary>
    Claim,

    Item,

    Session,
}

namespace RaftActors.Core;

/// <summary>A process that follows a leader, or waits for one.</summary>
/// <param name="leader">The leader of the term; null if unknown. Invariant: a term has one leader, but the follower may give it
/// up.</param>
/// <param name="leaderSerial">The last serial in the leader's log when this process first heard of it.</param>
internal sealed class FollowerRole(Member? leader, Serial leaderSerial) : Role
{
    /// <inheritdoc/>
    public override RaftRole Kind => RaftRole.Follower;

    /// <summary>The leader of the term; null if unknown.</summary>
    public Member? Leader => leader;

    /// <summary>The last serial in the leader's log when this process first heard of it.</summary>
    public Serial LeaderSerial => leaderSerial;

    /// <summary>The reads that the leader must confirm.</summary>
    public ForwardedReads Reads { get; } = new();
}

namespace RaftActors.Core;

/// <summary>A process that follows a leader, or waits for one.</summary>
/// <param name="leader">The leader of the term, where known. Invariant: it does not change within a term, but can be given up.</param>
/// <param name="leaderSerial">The last serial in the leader's log when this process first heard of it.</param>
internal sealed class FollowerRole(Member? leader, Serial leaderSerial) : Role
{
    /// <inheritdoc/>
    public override RoleKind Kind => RoleKind.Follower;

    /// <summary>The leader of the term, where known.</summary>
    public Member? Leader => leader;

    /// <summary>The last serial in the leader's log when this process first heard of it.</summary>
    public Serial LeaderSerial => leaderSerial;

    /// <summary>Reads that the leader is to confirm.</summary>
    public ForwardedReads Reads { get; } = new();
}

namespace RaftActors.Core;

/// <content>
/// Disks that take as long as an election timeout. Nothing is sent before term and vote are durable, so an election takes two syncs one
/// after the other, the candidate's and the voters'. Raft wants an election timeout well above that (§5.6), and nobody sets it so for a
/// disk that is slow today. Elections would then follow one another without end: each would begin before the votes of the one before can
/// be spoken. Hence three things, none of which is noticed where a write takes less than a tick: who is still writing its term or vote
/// begins no election (OnElectionTimeout); a vote counts however late it comes in its term (StartPreVote); and silence is borne for longer.
/// </content>
public sealed partial class RaftCore
{
    /// <summary>
    /// How much longer silence means nothing. Others' disks are taken to be like this process's own, as they mostly are, and a write may
    /// have to wait for one that is under way.
    /// </summary>
    private int DiskPatience => 2 * _latestWriteTicks;

    /// <summary>How long the latest write took, from when it was asked for.</summary>
    private int _latestWriteTicks;

    /// <summary>A write is durable. If it took longer than was thought, the others may be writing as long just now.</summary>
    private void LearnPatience(int writeTicks)
    {
        _electionAt += 2 * Math.Max(0, writeTicks - _latestWriteTicks);
        _latestWriteTicks = writeTicks;
    }
}

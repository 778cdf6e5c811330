using System.Numerics;

using RaftActors.Core;

namespace RaftActors.Engine;

/// <summary>
/// The turns of the voters of a group to take a large snapshot. A commit needs a majority of the disks, and all processes commit the entry
/// that makes a snapshot due at nearly the same moment. So the time of the log is divided into parts, and each part is the turn of one
/// voter. All processes read the same times in the log, so they need no messages to agree.
/// </summary>
/// <param name="self">This process.</param>
/// <param name="length">The bytes of the latest snapshot, which differ little among processes.</param>
internal readonly struct SnapshotTurn(Configuration? configuration, Member self, long length)
{
    /// <summary>
    /// A slow disk writes about as much in a second. Smaller states need no turns, because they hardly delay a commit.
    /// </summary>
    public const long BytesPerSecond = 64 << 20;

    // Rounded up to a power of 2. So lengths that differ a little give the same turns, unless there is a power of 2 between them.
    private long Milliseconds => 1000 * (long)BitOperations.RoundUpToPowerOf2((ulong)((length + BytesPerSecond - 1) / BytesPerSecond));

    /// <summary>Tells whether the process may take its snapshot now.</summary>
    /// <param name="dueAt">The time in the log at which the snapshot became due.</param>
    /// <param name="now">The time of the last committed entry.</param>
    /// <param name="leads">The leader is the last: the turns of all others have begun since its snapshot became due.</param>
    public bool IsNow(LogTime dueAt, LogTime now, bool leads)
    {
        if (length < BytesPerSecond)
        {
            return true;
        }

        // No commit needs the disk of a process that does not vote.
        List<Member> voters = [.. configuration?.Electorate() ?? []];
        var waited = now.Milliseconds - dueAt.Milliseconds;
        return !voters.Contains(self)
            || (voters[(int)(now.Milliseconds / Milliseconds % voters.Count)] == self
                && (!leads || waited >= (voters.Count - 1) * Milliseconds));
    }
}

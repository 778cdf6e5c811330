using System.Collections.Immutable;

namespace RaftActors.Core;

/// <summary>How an election stands.</summary>
internal enum VoteResult
{
    /// <summary>Not decided.</summary>
    Pending,

    /// <summary>The votes that are still open cannot win it.</summary>
    Lost,

    /// <summary>A majority of each set of voters granted it.</summary>
    Won,
}

/// <summary>
/// The decision of a majority of one set of voters, or of both sets of a joint configuration (§6). An empty set agrees to everything, so a
/// configuration that is not joint is decided by its one set.
/// </summary>
internal static class Majority
{
    /// <summary>The highest index that a majority of each set has reached. Sorts both spans.</summary>
    /// <param name="voters">The index that each voter has reached.</param>
    /// <param name="oldVoters">The same of the old voters; empty if the configuration is not joint.</param>
    public static LogIndex Reached(Span<LogIndex> voters, Span<LogIndex> oldVoters)
    {
        var (one, other) = (Reached(voters), Reached(oldVoters));
        return one < other ? one : other;
    }

    /// <summary>The highest index that a majority has reached; the highest there is for an empty set. Sorts the span.</summary>
    public static LogIndex Reached(Span<LogIndex> indices)
    {
        if (indices.IsEmpty)
        {
            return new LogIndex(long.MaxValue);
        }

        // Ascending. Of 5, the third from the top is at index 2: three voters have it, and no more are needed.
        indices.Sort();
        return indices[indices.Length - QuorumSize.MajorityOf(indices.Length)];
    }

    /// <summary>Whether a claim holds for a majority of each set.</summary>
    public static bool Holds(Configuration configuration, Func<Member, bool> claim) =>
        Result(configuration, member => claim(member)) == VoteResult.Won;

    /// <summary>How an election under both sets stands.</summary>
    /// <param name="voteOf">Null for a voter that has not answered yet.</param>
    public static VoteResult Result(Configuration configuration, Func<Member, bool?> voteOf)
    {
        var (one, other) = (Result(configuration.Voters, voteOf), Result(configuration.OldVoters, voteOf));
        return one == VoteResult.Lost || other == VoteResult.Lost ? VoteResult.Lost
            : one == VoteResult.Won && other == VoteResult.Won ? VoteResult.Won
            : VoteResult.Pending;
    }

    /// <summary>How an election under one set stands.</summary>
    public static VoteResult Result(ImmutableArray<Member> voters, Func<Member, bool?> voteOf)
    {
        var (granted, open) = (0, 0);
        foreach (var voter in voters)
        {
            var vote = voteOf(voter);
            granted += vote == true ? 1 : 0;
            open += vote is null ? 1 : 0;
        }

        var needed = QuorumSize.MajorityOf(voters.Length);
        return granted >= needed ? VoteResult.Won : granted + open >= needed ? VoteResult.Pending : VoteResult.Lost;
    }
}

/// <summary>The number of voters, and of processes that a founding needs.</summary>
internal static class QuorumSize
{
    /// <summary>The largest K of any group.</summary>
    public const int Max = 11;

    /// <summary>Whether a group may have this maximum of K: 3, 5, 7, 9 or 11.</summary>
    public static bool IsMaximum(int maximum) => maximum is >= 3 and <= Max && maximum % 2 == 1;

    /// <summary>
    /// K: the largest odd number that exceeds neither the number of processes nor the maximum; all processes if there are fewer
    /// than 3.
    /// </summary>
    public static int For(int processes, int maximum)
    {
        if (processes < 3)
        {
            return processes;
        }

        var size = Math.Min(processes, maximum);
        return size % 2 == 0 ? size - 1 : size;
    }

    /// <summary>The smallest majority of a set: more than half; 0 of an empty one.</summary>
    public static int MajorityOf(int members) => members == 0 ? 0 : (members / 2) + 1;
}

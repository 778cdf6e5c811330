using System.Collections.Immutable;

namespace RaftActors.Core;

internal enum VoteResult
{
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
    /// <summary>Returns the highest index that a majority of each set has reached. Sorts both spans.</summary>
    /// <param name="voters">The index that each voter has reached.</param>
    /// <param name="oldVoters">The indices of the old voters. Empty if the configuration is not joint.</param>
    public static LogIndex Reached(Span<LogIndex> voters, Span<LogIndex> oldVoters)
    {
        var (one, other) = (Reached(voters), Reached(oldVoters));
        return one < other ? one : other;
    }

    /// <summary>
    /// Returns the highest index that a majority has reached, or the highest possible one for an empty set. Sorts the span.
    /// </summary>
    public static LogIndex Reached(Span<LogIndex> indices)
    {
        if (indices.IsEmpty)
        {
            return new LogIndex(long.MaxValue);
        }

        // In ascending order. Of 5, the third from the top is at place 2: three voters have it, and no more are needed.
        indices.Sort();
        return indices[indices.Length - QuorumSize.MajorityOf(indices.Length)];
    }

    public static bool Holds(Configuration configuration, Func<Member, bool> claim) =>
        Result(configuration, member => claim(member)) == VoteResult.Won;

    /// <param name="voteOf">Returns null for a voter that has not answered yet.</param>
    public static VoteResult Result(Configuration configuration, Func<Member, bool?> voteOf)
    {
        var (one, other) = (Result(configuration.Voters, voteOf), Result(configuration.OldVoters, voteOf));
        return one == VoteResult.Lost || other == VoteResult.Lost ? VoteResult.Lost
            : one == VoteResult.Won && other == VoteResult.Won ? VoteResult.Won
            : VoteResult.Pending;
    }

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
    public const int Max = 11;

    /// <summary>Whether a group may have this maximum of K: 3, 5, 7, 9 or 11.</summary>
    public static bool IsMaximum(int maximum) => maximum is >= 3 and <= Max && maximum % 2 == 1;

    /// <summary>
    /// Returns K: the largest odd number that exceeds neither the number of processes nor the maximum, or all processes if there are fewer
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

    /// <summary>Returns the smallest majority of a set: more than half, or 0 for an empty one.</summary>
    public static int MajorityOf(int members) => members == 0 ? 0 : (members / 2) + 1;
}

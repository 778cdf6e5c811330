using System.Collections.Immutable;

namespace RaftActors.Core;

/// <summary>How an election stands.</summary>
internal enum VoteResult
{
    /// <summary>Not decided yet.</summary>
    Pending,

    /// <summary>It cannot be won any more.</summary>
    Lost,

    /// <summary>A majority of each set of voters granted it.</summary>
    Won,
}

/// <summary>
/// What a majority of one set of voters, or of both sets of a joint configuration (§6), has agreed to. An empty set agrees to everything,
/// so that a configuration which is not joint is decided by its one set.
/// </summary>
internal static class Majority
{
    /// <summary>The highest index that a majority of each set has reached.</summary>
    public static LogIndex Reached(Configuration configuration, Func<Member, LogIndex> indexOf)
    {
        var (one, other) = (Reached(configuration.Voters, indexOf), Reached(configuration.OldVoters, indexOf));
        return one < other ? one : other;
    }

    /// <summary>The highest index that a majority of the voters has reached.</summary>
    public static LogIndex Reached(ImmutableArray<Member> voters, Func<Member, LogIndex> indexOf)
    {
        Span<LogIndex> indices = stackalloc LogIndex[voters.Length];
        for (var i = 0; i < voters.Length; i++)
        {
            indices[i] = indexOf(voters[i]);
        }

        return Reached(indices);
    }

    /// <summary>The same, of what each voter has reached. The indices are put in order.</summary>
    public static LogIndex Reached(Span<LogIndex> indices)
    {
        if (indices.IsEmpty)
        {
            return new LogIndex(long.MaxValue);
        }

        // Ascending. Of 5, the third from the top is at index 2: three have it, and no more than that is needed.
        indices.Sort();
        return indices[indices.Length - QuorumSize.MajorityOf(indices.Length)];
    }

    /// <summary>Whether it holds of a majority of each set.</summary>
    public static bool Holds(Configuration configuration, Func<Member, bool> claim) =>
        Result(configuration, member => claim(member)) == VoteResult.Won;

    /// <summary>How an election under both sets stands; a voter that has not answered yet gives null.</summary>
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

using System.Collections.Immutable;

namespace RaftActors.Core;

/// <summary>
/// The answers of one election. Votes are counted by member, so that another life of a process is never counted for the one that a
/// configuration names.
/// </summary>
internal sealed class Ballot
{
    private readonly List<Member> _granted = [];
    private readonly List<Member> _refused = [];

    /// <summary>Takes an answer; doubled ones change nothing, and a vote once granted stays granted.</summary>
    public void Record(Member voter, bool granted)
    {
        var answers = granted ? _granted : _refused;
        if (!answers.Contains(voter))
        {
            answers.Add(voter);
        }
    }

    /// <summary>What a voter answered; null if nothing yet.</summary>
    public bool? Of(Member voter) => _granted.Contains(voter) ? true : _refused.Contains(voter) ? false : null;

    /// <summary>Who granted, in the order of members.</summary>
    public ImmutableArray<Member> Granted() => [.. _granted.Order()];

    /// <summary>How the election stands under a configuration.</summary>
    public VoteResult Result(Configuration configuration) => Majority.Result(configuration, Of);
}

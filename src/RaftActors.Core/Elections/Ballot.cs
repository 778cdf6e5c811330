using System.Collections.Immutable;

namespace RaftActors.Core;

/// <summary>
/// The answers of one election. Votes are counted by member, so another incarnation of a process never counts for the one that a
/// configuration names.
/// </summary>
internal sealed class Ballot
{
    private readonly List<Member> _granted = [];
    private readonly List<Member> _refused = [];

    /// <summary>Records an answer. A repeated one changes nothing, and a granted vote stays granted.</summary>
    public void Record(Member voter, bool granted)
    {
        var answers = granted ? _granted : _refused;
        if (!answers.Contains(voter))
        {
            answers.Add(voter);
        }
    }

    /// <summary>Returns the answer of a voter, or null if none has come.</summary>
    public bool? Of(Member voter) => _granted.Contains(voter) ? true : _refused.Contains(voter) ? false : null;

    /// <summary>The voters that granted, in the order of members.</summary>
    public ImmutableArray<Member> Granted() => [.. _granted.Order()];

    public VoteResult Result(Configuration configuration) => Majority.Result(configuration, Of);
}

using System.Collections.Immutable;
using RaftActors.Core;

namespace RaftActors.Simulator;

/// <summary>
/// A term has one leader (election safety). A majority of every set of voters in force elected it. It has all entries that were
/// committed in earlier terms (leader completeness).
/// </summary>
internal sealed class LeaderChecker(Ledger ledger, VoteChecker votes, DamageBook damage)
{
    private readonly Dictionary<Term, Member> _leaders = [];

    public int Elections => _leaders.Count;

    public void OnStepped(SimulatedProcess process, Configuration before)
    {
        if (process.Core is not { Role: RaftRole.Leader } leader)
        {
            return;
        }

        if (_leaders.TryGetValue(leader.Term, out var known))
        {
            if (known != process.Member)
            {
                throw new Violation("leader", $"term {leader.Term} has two leaders, {known} and {process.Member}");
            }

            return;
        }

        _leaders.Add(leader.Term, process.Member);
        CheckElected(process, leader.Term, before);
        if (!damage.Has(process))
        {
            CheckComplete(process, leader.Term);
        }
    }

    private void CheckElected(SimulatedProcess process, Term term, Configuration configuration)
    {
        bool Voted(Member voter) => voter == process.Member
            ? process.Disk.HardState is { } durable && durable.Term == term && durable.VotedFor == voter
            : votes.HasVoted(voter, term, process.Member);
        if (!Sets.EachHasMajority(configuration, Voted))
        {
            throw new Violation("leader", $"{process.Member} leads term {term} without the votes of a majority of {configuration}");
        }
    }

    private void CheckComplete(SimulatedProcess process, Term term)
    {
        for (var index = ledger.Count; index > process.Log.Base.Index.Value; index--)
        {
            // A leader that learns late of its election need not have the entries of later leaders.
            if (ledger.CommittedIn(index) < term && (index > process.Log.Last || !Same.Entry(process.Log[index], ledger[index])))
            {
                throw new Violation("leader", $"{process.Member} leads term {term} and lacks the committed {ledger[index]}");
            }
        }
    }
}

/// <summary>Majorities, counted independently of Core.</summary>
internal static class Sets
{
    public static bool EachHasMajority(Configuration configuration, Func<Member, bool> holds) =>
        HasMajority(configuration.Voters, holds) && (configuration.OldVoters.IsEmpty || HasMajority(configuration.OldVoters, holds));

    /// <summary>An empty place is never counted.</summary>
    public static bool HasMajority(ImmutableArray<Member> voters, Func<Member, bool> holds)
    {
        var count = 0;
        foreach (var voter in voters)
        {
            count += voter.Incarnation != Incarnation.None && holds(voter) ? 1 : 0;
        }

        return 2 * count > voters.Length;
    }
}

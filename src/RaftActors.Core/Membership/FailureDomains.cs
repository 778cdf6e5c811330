namespace RaftActors.Core;

/// <summary>
/// Spreads the voters over failure domains: racks, zones. A process tells its domain when it greets. Processes without one are taken for
/// one domain, since they may be together.
/// </summary>
internal sealed class FailureDomains(RaftState state)
{
    /// <summary>The domain of a process, as it said last; empty if it has none, or was not met since this process started.</summary>
    public string Of(ProcessName name) =>
        name == state.Self.Name ? state.Options.FailureDomain : state.Roster.Of(name)?.FailureDomain ?? "";

    /// <summary>The candidate with the fewest of these voters in its domain; the first of several.</summary>
    /// <param name="bestFirst">The candidates; not empty.</param>
    public Member Fittest(IReadOnlyCollection<Member> voters, IReadOnlyList<Member> bestFirst)
    {
        var (fittest, fewest) = (bestFirst[0], int.MaxValue);
        foreach (var candidate in bestFirst)
        {
            var others = Count(voters, Of(candidate.Name));
            (fittest, fewest) = others < fewest ? (candidate, others) : (fittest, fewest);
        }

        return fittest;
    }

    /// <summary>The text that tells why a candidate was preferred to a better one; empty if none was better.</summary>
    public string Preference(Member chosen, IReadOnlyCollection<Member> voters, IReadOnlyList<Member> bestFirst) => chosen == bestFirst[0]
        ? ""
        : $"; it is preferred to {bestFirst[0]}: {Count(voters, Of(chosen.Name))} of the others vote in {Of(chosen.Name)} "
            + $"and {Count(voters, Of(bestFirst[0].Name))} in {Of(bestFirst[0].Name)}";

    /// <summary>
    /// The domain that alone has a majority of these voters, so that its failure stops the group; null if none has. Processes without a
    /// domain count as none here.
    /// </summary>
    public string? Crowded(IReadOnlyCollection<Member> voters)
    {
        foreach (var voter in voters)
        {
            if (Of(voter.Name) is { Length: > 0 } domain && Count(voters, domain) >= QuorumSize.MajorityOf(voters.Count))
            {
                return domain;
            }
        }

        return null;
    }

    /// <summary>
    /// Takes a vote from the crowded domain and gives it to a learner of another one. The change must leave that one with fewer voters than
    /// the crowded domain had. Otherwise the vote would come back by the same rule.
    /// </summary>
    /// <param name="crowded">The domain.</param>
    /// <param name="votersBestFirst">The voters of the configuration. The leader is among them and keeps its vote.</param>
    /// <param name="stable">The learners that may vote, best first.</param>
    public MemberPlan Spread(string crowded, IReadOnlyList<Member> votersBestFirst, IReadOnlyList<Member> stable)
    {
        var count = Count(votersBestFirst, crowded);
        var fit = stable.Where(member => Of(member.Name).Length > 0
            && Count(votersBestFirst, Of(member.Name)) + 1 < count
            && !votersBestFirst.Any(voter => voter.Name == member.Name)).ToList();
        var demoted = votersBestFirst.LastOrDefault(voter => voter != state.Self && Of(voter.Name) == crowded);
        if (fit.Count == 0 || demoted == default)
        {
            return default;
        }

        var promoted = Fittest(votersBestFirst, fit);
        return new MemberPlan(
            MemberPlan.Changed(
                state.Configuration, state.Configuration.Size, [.. votersBestFirst.Where(voter => voter != demoted), promoted]),
            $"{promoted} in {Of(promoted.Name)} takes the place of {demoted}: {count} of {votersBestFirst.Count} vote in {crowded}");
    }

    private int Count(IEnumerable<Member> voters, string domain)
    {
        var count = 0;
        foreach (var voter in voters)
        {
            count += Of(voter.Name) == domain ? 1 : 0;
        }

        return count;
    }
}

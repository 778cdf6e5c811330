namespace RaftActors.Core;

/// <summary>
/// Spreads the voters over failure domains, such as racks or zones. A process tells its domain when it greets. Processes without one count
/// as one domain, because they may be together.
/// </summary>
internal static class FailureDomains
{
    /// <summary>Returns the first candidate with the fewest of these voters in its domain.</summary>
    /// <param name="bestFirst">The candidates, at least one.</param>
    public static Member Fittest(RaftState state, IReadOnlyCollection<Member> voters, IReadOnlyList<Member> bestFirst) =>
        bestFirst.MinBy(candidate => Count(state, voters, state.DomainOf(candidate.Name)));

    /// <summary>Explains why a candidate was preferred to a better one. Empty if none was better.</summary>
    public static string Preference(
        RaftState state, Member chosen, IReadOnlyCollection<Member> voters, IReadOnlyList<Member> bestFirst)
    {
        if (chosen == bestFirst[0])
        {
            return "";
        }

        var (own, other) = (state.DomainOf(chosen.Name), state.DomainOf(bestFirst[0].Name));
        return $"; it is preferred to {bestFirst[0]}: {Count(state, voters, own)} of the others vote in {own} "
            + $"and {Count(state, voters, other)} in {other}";
    }

    /// <summary>
    /// Returns the domain that alone has a majority of these voters, so that its failure stops the group, or null. Processes without a
    /// domain do not count here.
    /// </summary>
    public static string? Crowded(RaftState state, IReadOnlyCollection<Member> voters) => voters
        .Select(voter => state.DomainOf(voter.Name))
        .FirstOrDefault(domain => domain.Length > 0 && Count(state, voters, domain) >= QuorumSize.MajorityOf(voters.Count));

    /// <summary>
    /// Takes a vote from the crowded domain and gives it to a learner of another one. That domain must then have fewer voters than the
    /// crowded one had. Otherwise the vote would return by the same rule.
    /// </summary>
    /// <param name="crowded">The domain.</param>
    /// <param name="votersBestFirst">The voters of the configuration. The leader is among them and keeps its vote.</param>
    /// <param name="stable">The learners that may vote, best first.</param>
    public static MemberPlan Spread(RaftState state, string crowded, IReadOnlyList<Member> votersBestFirst, IReadOnlyList<Member> stable)
    {
        var count = Count(state, votersBestFirst, crowded);
        var fit = stable.Where(member => state.DomainOf(member.Name).Length > 0
            && Count(state, votersBestFirst, state.DomainOf(member.Name)) + 1 < count
            && !votersBestFirst.Any(voter => voter.Name == member.Name)).ToList();
        var demoted = votersBestFirst.LastOrDefault(voter => voter != state.Self && state.DomainOf(voter.Name) == crowded);
        if (fit.Count == 0 || demoted == default)
        {
            return default;
        }

        var promoted = Fittest(state, votersBestFirst, fit);
        return new MemberPlan(
            MemberPlan.Changed(
                state.Configuration, state.Configuration.Size, [.. votersBestFirst.Where(voter => voter != demoted), promoted]),
            $"{promoted} in {state.DomainOf(promoted.Name)} takes the place of {demoted}: "
                + $"{count} of {votersBestFirst.Count} vote in {crowded}");
    }

    private static int Count(RaftState state, IEnumerable<Member> voters, string domain) =>
        voters.Count(voter => state.DomainOf(voter.Name) == domain);
}

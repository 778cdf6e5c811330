using System.Collections.Immutable;

namespace RaftActors.Core;

/// <summary>The configuration that a change leads to, or why it leads to none.</summary>
/// <param name="Next">Null if the change makes no sense.</param>
/// <param name="Reason">Why the change is made or refused, for people.</param>
internal readonly record struct MemberPlan(Configuration? Next, string Reason)
{
    /// <summary>The process that is gone and loses its vote to another one.</summary>
    public ProcessName? Lost { get; init; }

    /// <summary>Keeps a place for a process, which becomes a learner when it comes.</summary>
    public static MemberPlan Join(Configuration configuration, MemberChange.Join join, int maxQuorum)
    {
        var (name, votes) = join;
        if (configuration.HasName(name))
        {
            return Senseless($"{name} is already in the roster");
        }

        ImmutableArray<Member> learners = [.. configuration.Learners.Append(Member.Absent(name)).Order()];
        var size = votes ? QuorumSize.For(configuration.Electable + 1, maxQuorum) : configuration.Size;
        configuration = votes ? configuration : configuration with { NonVoters = [.. configuration.NonVoters.Append(name).Order()] };
        return new MemberPlan(configuration with { Size = size, Learners = learners }, $"{name} joins");
    }

    /// <summary>
    /// Removes a process in every incarnation, or one of two incarnations. If it voted, or K falls, the voters are chosen anew: the best
    /// of the voters, then the learners that can vote.
    /// </summary>
    /// <param name="voters">The voters of the configuration, best first.</param>
    /// <param name="fit">The learners that have caught up, best first.</param>
    public static MemberPlan Leave(
        Configuration configuration,
        MemberChange.Leave leave,
        int maxQuorum,
        IEnumerable<Member> voters,
        IEnumerable<Member> fit)
    {
        var (name, incarnation) = leave;
        bool Leaves(Member member) => member.Name == name && (incarnation is null || member.Incarnation == incarnation);
        var who = incarnation is { } one ? $"{new Member(name, one)}" : $"{name}";
        if (!configuration.Everybody().Any(Leaves))
        {
            return Senseless($"{who} is not in the roster");
        }

        var processes = configuration.Everybody().Where(member => !Leaves(member)).Select(member => member.Name).Distinct().ToList();
        if (processes.Count == 0)
        {
            return Senseless($"{name} is the last process of the group, which cannot be empty");
        }

        if (incarnation is not null && !processes.Contains(name))
        {
            return Senseless($"{who} is the only process called {name} in the roster; to remove it, give no incarnation");
        }

        ImmutableArray<ProcessName> nonVoters = [.. configuration.NonVoters.Intersect(processes)];
        var size = QuorumSize.For(Math.Max(1, processes.Count - nonVoters.Length), maxQuorum);
        var chosen = voters.Where(member => !Leaves(member)).ToList();
        if (chosen.Count < configuration.Voters.Length || chosen.Count > size)
        {
            var names = chosen.Select(member => member.Name).ToList();
            chosen = [.. chosen.Concat(fit.Where(member => !Leaves(member) && !names.Contains(member.Name))).Take(size)];
        }

        return chosen.Count == 0
            ? Senseless($"{who} is the only voter, and no learner has caught up with it")
            : new MemberPlan(Changed(configuration with { NonVoters = nonVoters }, size, chosen, Leaves), $"{who} leaves");
    }

    /// <summary>
    /// Records a new maximum of K, and computes K anew. If more than K vote, the best K of them stay voters. If fewer vote, the leader
    /// promotes learners later, by its rules for keeping K.
    /// </summary>
    /// <param name="voters">The voters of the configuration, best first.</param>
    public static MemberPlan SetMaxQuorum(Configuration configuration, int max, IEnumerable<Member> voters)
    {
        if (!QuorumSize.IsMaximum(max))
        {
            return Senseless($"the maximum of the quorum is odd and from 3 to {QuorumSize.Max}, not {max}");
        }

        var size = QuorumSize.For(configuration.Electable, max);
        var chosen = voters.Take(size).ToList();
        return new MemberPlan(
            Changed(configuration with { MaxQuorum = max }, size, chosen),
            $"at most {max} may vote");
    }

    /// <summary>Raises the version, if the program of each member has the new one.</summary>
    /// <param name="versionOf">Returns the version that a member has told, or null if it is not heard.</param>
    /// <param name="whyNotApplied">Returns why the logic version must not rise yet, or null.</param>
    public static MemberPlan Raise(
        Configuration configuration, MemberChange.Raise raise, Func<Member, GroupVersion?> versionOf, Func<string?> whyNotApplied)
    {
        var before = configuration.Version;
        GroupVersion version = new(raise.Format ?? before.Format, raise.Logic ?? before.Logic);
        if (before.Has(version))
        {
            return Senseless(version == before
                ? $"the group has {version} already"
                : $"the group has {before}, which cannot be lowered");
        }

        foreach (var member in configuration.Everybody())
        {
            if (versionOf(member) is not { } known)
            {
                return Senseless($"{member.Name} is not heard, so the version of its program is not known; start it, or let it leave");
            }

            if (!known.Has(version))
            {
                return Senseless($"the program of {member.Name} has {known} at most; upgrade it first");
            }
        }

        return version.Logic > before.Logic && whyNotApplied() is { } why
            ? Senseless(why)
            : new MemberPlan(configuration with { Version = version }, $"the group rises to {version}");
    }

    public static MemberPlan Assign(Configuration configuration, ImmutableArray<Member> voters, ImmutableArray<Member> learners)
    {
        List<Member> all = [.. voters, .. learners];
        all.Sort();
        var known = configuration.Everybody().ToList();
        for (var i = 0; i < all.Count; i++)
        {
            if (!known.Contains(all[i]))
            {
                return Senseless($"{all[i]} is not in the roster");
            }

            if (i > 0 && all[i] == all[i - 1])
            {
                return Senseless($"{all[i]} is named twice");
            }
        }

        foreach (var name in configuration.Names())
        {
            if (!all.Exists(member => member.Name == name))
            {
                return Senseless($"{name} is in the roster and not named; let it leave first");
            }
        }

        if (voters.IsEmpty || voters.DistinctBy(member => member.Name).Count() < voters.Length)
        {
            return Senseless("at least one member must vote, and no process may vote in two incarnations");
        }

        if (voters.FirstOrDefault(member => !configuration.MayVote(member)) is { Name: { Value: not null } never })
        {
            return Senseless($"{never} never votes; let it leave, and join again as a voter");
        }

        if (voters.Length > configuration.MaxQuorum)
        {
            return Senseless($"at most {configuration.MaxQuorum} may vote; set the maximum of the quorum first");
        }

        var next = configuration with { Size = voters.Length, Learners = [.. learners.Order()] };
        return new MemberPlan(WithVoters(next, [.. voters.Order()]), "they were assigned");
    }

    /// <summary>
    /// Changes the voters through a joint configuration (§6). A former voter becomes a learner, unless another incarnation of it is one
    /// already.
    /// </summary>
    public static Configuration Changed(
        Configuration configuration, int size, IReadOnlyList<Member> voters, Predicate<Member>? leaves = null)
    {
        var others = configuration.Voters.Union(configuration.Learners).Except(voters)
            .Where(member => leaves is null || !leaves(member)).ToList();
        var stay = others.Intersect(configuration.Learners).ToList();
        var learners = others.Where(member => stay.Contains(member) || !voters.Concat(stay).Any(one => one.Name == member.Name));
        var next = configuration with { Size = size, Learners = [.. learners.Order()] };
        return WithVoters(next, [.. voters.Order()]);
    }

    private static Configuration WithVoters(Configuration configuration, ImmutableArray<Member> voters) =>
        voters.SequenceEqual(configuration.Voters)
            ? configuration
            : configuration with { Voters = voters, OldVoters = configuration.Voters };

    private static MemberPlan Senseless(string why) => new(null, why);
}

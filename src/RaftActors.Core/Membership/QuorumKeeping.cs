namespace RaftActors.Core;

/// <summary>
/// The leader keeps K voters that are present. Each change is one step under a joint configuration, so the number of votes needed never
/// rises on the way. A change needs a majority of its future voters to answer now, so no step makes the group smaller than it can bear.
/// </summary>
internal sealed class QuorumKeeping(RaftState state, Reconfiguration reconfiguration, FailureDomains domains)
{
    /// <summary>At each heartbeat: watches all members, and makes a change if one is due.</summary>
    public void OnHeartbeat(LeaderRole leader)
    {
        var keeper = leader.Keeper;
        keeper.Watch(leader.Progresses, state.CommitIndex, state.Now, state.Options);
        if (!state.Options.KeepsQuorum
            || !reconfiguration.IsAllowed
            || state.Configuration.IsJoint
            || state.Now - keeper.QuietSince < state.Options.StableTicks)
        {
            return;
        }

        if (BetterQuorum(leader) is { Next: { } next } plan && IsMajorityResponsive(leader, next))
        {
            keeper.Changed(state.Now);
            if (plan.Lost is { } lost)
            {
                keeper.LostVote(lost);
            }

            reconfiguration.Decide(next, plan.Reason);
        }
    }

    /// <summary>
    /// Whether the voters stay while no member comes or goes: no change is due, and no running learner can cause one later.
    /// </summary>
    public bool IsSettled(LeaderRole leader) =>
        !state.Options.KeepsQuorum
        || (BetterQuorum(leader).Next is null
            && state.Configuration.Learners.All(learner => IsStable(leader, learner) || !IsRunning(leader, learner)));

    /// <summary>The leader, then the members that answer, then by length of log, then in the order of members.</summary>
    public IEnumerable<Member> BestFirst(LeaderRole leader, IEnumerable<Member> members) => members
        .OrderBy(member => member == state.Self ? 0 : IsRunning(leader, member) ? 1 : 2)
        .ThenByDescending(member => leader.Of(member)?.Match ?? LogIndex.Zero)
        .ThenBy(member => member);

    /// <summary>It was fit to vote at the last heartbeat.</summary>
    public bool IsCaughtUp(LeaderRole leader, Member member) =>
        !state.IsReplaced(member) && leader.Keeper.FitSince(member) is not null;

    /// <summary>
    /// Whether a majority of the next voters answers now, and may vote. A process that waits for its admission learns of it from the log,
    /// which no process can send if the leader is lost and the next needs that vote.
    /// </summary>
    public bool IsMajorityResponsive(LeaderRole leader, Configuration next)
    {
        bool? IsPresent(Member member) =>
            member == state.Self || (leader.Of(member) is { IsAdmitted: true } && IsRunning(leader, member));
        return Majority.Result(next.Voters, IsPresent) == VoteResult.Won;
    }

    private MemberPlan BetterQuorum(LeaderRole leader)
    {
        var stable = BestFirst(leader, state.Configuration.Learners)
            .Where(member => IsStable(leader, member))
            .OrderBy(member => leader.Keeper.LossesOf(member.Name)).ToList();
        if (Promotion(stable) is { Next: not null } promotion)
        {
            return promotion;
        }

        if (Exchange(leader, stable) is { Next: not null } exchange)
        {
            return exchange;
        }

        return state.Configuration.Voters.Length > state.Configuration.Size
            ? Demotion(leader)
            : Spreading(leader, stable);
    }

    /// <summary>
    /// Promotes learners while fewer than K vote. An even number of voters survives no more failures than the odd one below it and needs
    /// one vote more, so the promotion does not stop there.
    /// </summary>
    private MemberPlan Promotion(List<Member> stable)
    {
        var (voters, k) = (state.Configuration.Voters, state.Configuration.Size);
        var newcomers = stable.Where(member => !voters.Any(voter => voter.Name == member.Name)).ToList();
        var size = Math.Min(voters.Length + newcomers.Count, k);
        if (size % 2 == 0 && size != k)
        {
            size--;
        }

        var promoted = new List<Member>();
        while (promoted.Count < size - voters.Length)
        {
            promoted.Add(domains.Fittest([.. voters, .. promoted], newcomers));
            newcomers.RemoveAll(member => member.Name == promoted[^1].Name);
        }

        return promoted.Count == 0
            ? default
            : new MemberPlan(
                MemberPlan.Changed(state.Configuration, k, [.. voters, .. promoted]),
                $"{string.Join(" and ", promoted)} caught up, and {voters.Length} of {k} vote");
    }

    /// <summary>
    /// Exchanges a voter that is gone, refused the leader's log or lags hopelessly for a stable learner, preferably for its own next
    /// incarnation. A stable learner keeps up under the same load, so no voter is exchanged where all disks are slow.
    /// </summary>
    private MemberPlan Exchange(LeaderRole leader, List<Member> stable)
    {
        foreach (var gone in state.Configuration.Voters)
        {
            if (WhyGone(leader, gone) is not { } why)
            {
                continue;
            }

            var others = state.Configuration.Voters.Remove(gone);
            var fit = stable.FindAll(member => !others.Any(voter => voter.Name == member.Name));
            if (fit.Count > 0)
            {
                var isRestarted = fit.Exists(member => member.Name == gone.Name);
                var substitute = isRestarted ? fit.Find(member => member.Name == gone.Name) : domains.Fittest(others, fit);
                var preference = isRestarted ? "" : domains.Preference(substitute, others, fit);
                return new MemberPlan(
                    MemberPlan.Changed(state.Configuration, state.Configuration.Size, others.Add(substitute)),
                    $"{substitute} takes the place of {gone}, which {why}{preference}")
                {
                    Lost = isRestarted ? null : gone.Name,
                };
            }
        }

        return default;
    }

    /// <summary>
    /// Takes a vote from a domain that has the majority of them. This can wait, so the vote does not go to a process that lost one lately.
    /// </summary>
    private MemberPlan Spreading(LeaderRole leader, List<Member> stable)
    {
        stable.RemoveAll(member => leader.Keeper.LossesOf(member.Name) > 0);
        return stable.Count > 0 && domains.Crowded(state.Configuration.Voters) is { } crowded
            ? domains.Spread(crowded, [.. BestFirst(leader, state.Configuration.Voters)], stable)
            : default;
    }

    private MemberPlan Demotion(LeaderRole leader)
    {
        var voters = BestFirst(leader, state.Configuration.Voters).ToList();
        var last = voters[^1];
        voters.RemoveAt(voters.Count - 1);
        return new MemberPlan(
            MemberPlan.Changed(state.Configuration, state.Configuration.Size, voters),
            $"{last} steps back, since {state.Configuration.Voters.Length} vote and {state.Configuration.Size} should");
    }

    /// <summary>Why a voter is to be exchanged; null if it is not.</summary>
    private string? WhyGone(LeaderRole leader, Member voter)
    {
        if (voter == state.Self)
        {
            return null;
        }

        // It must be silent too. Otherwise a late message of an earlier incarnation would get a healthy voter exchanged.
        var progress = leader.Of(voter);
        if (state.IsReplaced(voter) && (progress is null || !state.IsResponsive(progress)))
        {
            return "lost its store";
        }

        if (progress is { State: ProgressState.Refused })
        {
            return "refused our log";
        }

        if (progress is not null && leader.Keeper.LaggedFor(voter) is var lagged && lagged >= state.Options.GoneTicks)
        {
            return $"lacks committed entries from {progress.Match.Next} on, and came no nearer for {lagged} ticks";
        }

        var silence = state.Now - (progress?.RepliedAt ?? leader.Keeper.QuietSince);
        return silence >= state.Options.GoneTicks ? $"was not heard for {silence} ticks" : null;
    }

    /// <summary>It was fit at each heartbeat for long enough.</summary>
    private bool IsStable(LeaderRole leader, Member member) =>
        IsCaughtUp(leader, member)
        && state.Now - leader.Keeper.FitSince(member) >= leader.Keeper.RequiredTicks(member, state.Options);

    private bool IsRunning(LeaderRole leader, Member member) =>
        leader.Of(member) is { } progress && state.IsResponsive(progress) && !state.IsReplaced(member);
}

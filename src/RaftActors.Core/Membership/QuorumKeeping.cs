namespace RaftActors.Core;

/// <summary>
/// Chooses voters for a leader, so that K of them are present. Each change is one step with a joint configuration, so the number of votes
/// needed never rises in between. A majority of the future voters must answer now, so no step makes the group smaller than it can bear.
/// Changes nothing itself.
/// </summary>
internal static class QuorumKeeping
{
    /// <summary>Returns the change of voters that is due, or a plan without a next configuration.</summary>
    public static MemberPlan BetterQuorum(RaftState state, LeaderRole leader)
    {
        var stable = BestFirst(state, leader, state.Configuration.Learners.Where(state.Configuration.MayVote))
            .Where(member => IsStable(state, leader, member))
            .OrderBy(member => leader.Keeper.LossesOf(member.Name)).ToList();
        if (Promotion(state, stable) is { Next: not null } promotion)
        {
            return promotion;
        }

        if (Exchange(state, leader, stable) is { Next: not null } exchange)
        {
            return exchange;
        }

        return state.Configuration.Voters.Length > state.Configuration.Size
            ? Demotion(state, leader)
            : Spreading(state, leader, stable);
    }

    /// <summary>
    /// Returns the removal of a learner that was silent for long, if one is due. A silent voter first gives its vote to a fit learner. No
    /// voter loses its vote, so a group never shrinks by itself below what it needs to survive a failure. Founders stay: with empty stores
    /// they would found another group, unless a member greets them.
    /// </summary>
    public static MemberPlan Removal(RaftState state, LeaderRole leader)
    {
        var silent = Removable(state, leader).FirstOrDefault(name => leader.Keeper.SilentFor(name) >= state.Options.RemoveAfterTicks);
        if (silent.Value is null)
        {
            return default;
        }

        var voters = BestFirst(state, leader, state.Configuration.Voters);
        return MemberPlan.Leave(state.Configuration, new MemberChange.Leave(silent), state.MaxQuorum, voters, []) with
        {
            Reason = $"{silent} leaves, which was not heard for {leader.Keeper.SilentFor(silent)} ticks",
        };
    }

    // The silent members that the leader removes, now or later.
    private static IEnumerable<ProcessName> Removable(RaftState state, LeaderRole leader)
    {
        var configuration = state.Configuration;
        if (state.Options.RemoveAfterTicks == 0)
        {
            return [];
        }

        return configuration.Learners
            .Where(KeepsVoters)
            .Select(learner => learner.Name)
            .Where(name => leader.Keeper.SilentFor(name) > 0 && !configuration.Electorate().Any(voter => voter.Name == name))
            .Where(name => !configuration.FoundingSerials.Any(founder => founder.Name == name));

        // K may fall to the number of voters. It also counts silent members whose replacements have joined, so otherwise they would stay.
        bool KeepsVoters(Member learner) =>
            QuorumSize.For(configuration.Electable - (configuration.MayVote(learner) ? 1 : 0), state.MaxQuorum)
            >= configuration.Voters.Length;
    }

    /// <summary>Tells whether no change is due, and no running learner can cause one later.</summary>
    public static bool IsSettled(RaftState state, LeaderRole leader) =>
        BetterQuorum(state, leader).Next is null
        && !Removable(state, leader).Any()
        && state.Configuration.Learners.Where(state.Configuration.MayVote)
            .All(learner => IsStable(state, leader, learner) || !IsRunning(state, leader, learner));

    /// <summary>Sorts members: the leader, then those that answer, then by length of log, then in the order of members.</summary>
    public static IEnumerable<Member> BestFirst(RaftState state, LeaderRole leader, IEnumerable<Member> members) => members
        .OrderBy(member => member == state.Self ? 0 : IsRunning(state, leader, member) ? 1 : 2)
        .ThenByDescending(member => leader.Of(member)?.Match ?? LogIndex.Zero)
        .ThenBy(member => member);

    /// <summary>Tells whether a member was fit to vote at the last heartbeat.</summary>
    public static bool IsCaughtUp(RaftState state, LeaderRole leader, Member member) =>
        !state.IsReplaced(member) && leader.Keeper.FitSince(member) is not null;

    /// <summary>
    /// Tells whether a majority of the next voters answers now, and may vote. A process that waits for its admission learns of it from the
    /// log. If the leader were lost and the next one needed that vote, no process could send it the log.
    /// </summary>
    public static bool IsMajorityResponsive(RaftState state, LeaderRole leader, Configuration next)
    {
        bool? IsPresent(Member member) =>
            member == state.Self || (leader.Of(member) is { IsAdmitted: true } && IsRunning(state, leader, member));
        return Majority.Result(next.Voters, IsPresent) == VoteResult.Won;
    }

    /// <summary>Returns the rise of the logic version that is due because all members run programs with it.</summary>
    public static MemberPlan HigherLogic(RaftState state, LeaderRole leader)
    {
        var highest = state.Options.Version.Logic;
        foreach (var member in state.Options.RaisesLogic ? state.Configuration.Everybody() : [])
        {
            highest = Math.Min(highest, VersionOf(state, leader, member)?.Logic ?? 0);
        }

        var (configuration, version) = (state.Configuration, state.Configuration.Version);
        return state.Options.RaisesLogic && highest > version.Logic
            ? new MemberPlan(
                configuration with { Version = version with { Logic = highest } }, $"all programs have logic version {highest}")
            : default;
    }

    /// <summary>
    /// Returns which application must apply the log before the logic version may rise, or null if all have. Until the rise, the former
    /// program can still take over from one that cannot apply a pair.
    /// </summary>
    public static string? WhyNotApplied(RaftState state, LeaderRole leader)
    {
        var toApply = leader.Keeper.ToApply;
        foreach (var member in state.Configuration.Everybody())
        {
            var progress = leader.Of(member);
            var (applied, priority) = member == state.Self ? (state.Applied, state.Priority)
                : (progress?.Applied ?? Serial.Zero, progress?.Priority ?? 0);
            if (applied < toApply || priority == RaftState.PriorityOfHeld)
            {
                return $"the actor of {member.Name} has applied the pairs up to serial {applied} of {toApply}"
                    + (priority == RaftState.PriorityOfHeld ? ", and is held" : "")
                    + "; the logic version rises when it has applied all, since afterwards no former program can take over";
            }
        }

        return null;
    }

    /// <summary>Returns the version of a member's program, or null if the member does not answer.</summary>
    public static GroupVersion? VersionOf(RaftState state, LeaderRole leader, Member member) =>
        member == state.Self ? state.Options.Version
        : state.Roster.Of(member.Name) is { GreetedAt: not null } peer && peer.Member == member && IsRunning(state, leader, member)
            ? peer.Version
            : null;

    /// <summary>
    /// Promotes learners while fewer than K vote. Does not stop at an even number of voters, because that survives no more failures than
    /// the odd one below it and needs one vote more.
    /// </summary>
    private static MemberPlan Promotion(RaftState state, List<Member> stable)
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
            promoted.Add(FailureDomains.Fittest(state, [.. voters, .. promoted], newcomers));
            newcomers.RemoveAll(member => member.Name == promoted[^1].Name);
        }

        return promoted.Count == 0
            ? default
            : new MemberPlan(
                MemberPlan.Changed(state.Configuration, k, [.. voters, .. promoted]),
                $"{string.Join(" and ", promoted)} caught up, and {voters.Length} of {k} vote");
    }

    /// <summary>
    /// Replaces a voter that is gone, refused the leader's log or lags hopelessly by a stable learner, preferably by its own next
    /// incarnation. A stable learner keeps up under the same load, so no voter is replaced where all disks are slow.
    /// </summary>
    private static MemberPlan Exchange(RaftState state, LeaderRole leader, List<Member> stable)
    {
        foreach (var gone in state.Configuration.Voters)
        {
            if (WhyGone(state, leader, gone) is not { } why)
            {
                continue;
            }

            var others = state.Configuration.Voters.Remove(gone);
            var fit = stable.FindAll(member => !others.Any(voter => voter.Name == member.Name));
            if (fit.Count > 0)
            {
                var isRestarted = fit.Exists(member => member.Name == gone.Name);
                var substitute = isRestarted ? fit.Find(member => member.Name == gone.Name) : FailureDomains.Fittest(state, others, fit);
                var preference = isRestarted ? "" : FailureDomains.Preference(state, substitute, others, fit);
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
    /// Takes a vote from a domain that has the majority of them. This is not urgent, so the vote does not go to a process that has
    /// recently lost one.
    /// </summary>
    private static MemberPlan Spreading(RaftState state, LeaderRole leader, List<Member> stable)
    {
        stable.RemoveAll(member => leader.Keeper.LossesOf(member.Name) > 0);
        return stable.Count > 0 && FailureDomains.Crowded(state, state.Configuration.Voters) is { } crowded
            ? FailureDomains.Spread(state, crowded, [.. BestFirst(state, leader, state.Configuration.Voters)], stable)
            : default;
    }

    private static MemberPlan Demotion(RaftState state, LeaderRole leader)
    {
        var voters = BestFirst(state, leader, state.Configuration.Voters).ToList();
        var last = voters[^1];
        voters.RemoveAt(voters.Count - 1);
        return new MemberPlan(
            MemberPlan.Changed(state.Configuration, state.Configuration.Size, voters),
            $"{last} steps back, since {state.Configuration.Voters.Length} vote and {state.Configuration.Size} should");
    }

    /// <summary>Returns why a voter must be replaced, or null.</summary>
    private static string? WhyGone(RaftState state, LeaderRole leader, Member voter)
    {
        if (voter == state.Self)
        {
            return null;
        }

        // It must also be silent. Otherwise a late message of an earlier incarnation would replace a healthy voter.
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

    /// <summary>Tells whether a member was fit at each heartbeat for long enough.</summary>
    private static bool IsStable(RaftState state, LeaderRole leader, Member member) =>
        IsCaughtUp(state, leader, member)
        && state.Now - leader.Keeper.FitSince(member) >= leader.Keeper.RequiredTicks(member, state.Options);

    private static bool IsRunning(RaftState state, LeaderRole leader, Member member) =>
        leader.Of(member) is { } progress && state.IsResponsive(progress) && !state.IsReplaced(member);
}

namespace RaftActors.Core;

/// <content>
/// The leader sees to it that K processes vote, and that they are there. Every change is one step, under a joint configuration, so that
/// the number of votes needed is never above what it was before or is to be after; and it is made only if a majority of those who will vote
/// is heard now, so that no step makes the group smaller than what it can live with.
/// </content>
public sealed partial class RaftCore
{
    private void KeepQuorum(LeaderRole leader)
    {
        var keeper = leader.Keeper;
        keeper.Watch(leader.Peers, CommitIndex, _now, Options);
        if (!Options.KeepsQuorum || !MayReconfigure || Configuration.IsJoint || _now - keeper.QuietSince < Options.StableTicks)
        {
            return;
        }

        if (BetterQuorum(leader) is { Next: { } next } plan && IsMajorityHeard(leader, next))
        {
            keeper.Changed(_now);
            Decide(next, plan.Reason);
        }
    }

    private MemberPlan BetterQuorum(LeaderRole leader)
    {
        var stable = BestFirst(leader, Configuration.Learners).Where(member => IsStable(leader, member)).ToList();
        if (Promotion(stable) is { Next: not null } promotion)
        {
            return promotion;
        }

        if (Exchange(leader, stable) is { Next: not null } exchange)
        {
            return exchange;
        }

        return Configuration.Voters.Length > Configuration.Size ? StepBack(leader) : default;
    }

    /// <summary>
    /// Fewer vote than should. An even number survives no more failures than the odd one below it and needs a vote more, so it is not
    /// stopped at on the way.
    /// </summary>
    private MemberPlan Promotion(List<Member> stable)
    {
        var newcomers = stable.Where(member => !Configuration.Voters.Any(voter => voter.Name == member.Name)).ToList();
        var size = Math.Min(Configuration.Voters.Length + newcomers.Count, Configuration.Size);
        if (size % 2 == 0 && size != Configuration.Size)
        {
            size--;
        }

        var promoted = newcomers.Take(size - Configuration.Voters.Length).ToList();
        return promoted.Count == 0
            ? default
            : new MemberPlan(
                MemberPlan.Changed(Configuration, Configuration.Size, [.. Configuration.Voters, .. promoted]),
                $"{Names(promoted)} caught up, and {Configuration.Voters.Length} of {Configuration.Size} vote");
    }

    /// <summary>
    /// A voter that is gone, refused our log or lags hopelessly makes room for a stable learner; for its own next life first of all. A
    /// stable learner keeps up under the same load, so nothing is exchanged where all disks are slow.
    /// </summary>
    private MemberPlan Exchange(LeaderRole leader, List<Member> stable)
    {
        foreach (var gone in Configuration.Voters)
        {
            if (WhyGone(leader, gone) is not { } why)
            {
                continue;
            }

            var others = Configuration.Voters.Remove(gone);
            var fit = stable.FindAll(member => !others.Any(voter => voter.Name == member.Name));
            if (fit.Count > 0)
            {
                var substitute = fit.Exists(member => member.Name == gone.Name) ? fit.Find(member => member.Name == gone.Name) : fit[0];
                return new MemberPlan(
                    MemberPlan.Changed(Configuration, Configuration.Size, others.Add(substitute)),
                    $"{substitute} takes the place of {gone}, which {why}");
            }
        }

        return default;
    }

    private MemberPlan StepBack(LeaderRole leader)
    {
        var voters = BestFirst(leader, Configuration.Voters).ToList();
        var last = voters[^1];
        voters.RemoveAt(voters.Count - 1);
        return new MemberPlan(
            MemberPlan.Changed(Configuration, Configuration.Size, voters),
            $"{last} steps back, since {Configuration.Voters.Length} vote and {Configuration.Size} should");
    }

    /// <summary>Why a voter is to be exchanged; null as long as it is not.</summary>
    private string? WhyGone(LeaderRole leader, Member voter)
    {
        if (voter == Self)
        {
            return null;
        }

        // Without the silence, a late message of an earlier incarnation would have a healthy voter exchanged.
        var progress = leader.Of(voter);
        if (IsReplaced(voter) && (progress is null || !IsHeard(progress)))
        {
            return "lost its store";
        }

        if (progress is { State: ProgressState.Refused })
        {
            return "refused our log";
        }

        if (progress is not null && leader.Keeper.LaggedFor(voter) is var lagged && lagged >= Options.GoneTicks)
        {
            return $"lacks committed entries from {progress.Match.Next} on, and came no nearer for {lagged} ticks";
        }

        var heardAt = progress?.HeardAt ?? leader.Keeper.QuietSince!.Value;
        return _now - heardAt >= Options.GoneTicks ? $"was not heard for {_now - heardAt} ticks" : null;
    }

    /// <summary>It was fit at every heartbeat for as long as it takes.</summary>
    private bool IsStable(LeaderRole leader, Member member) => IsCaughtUp(leader, member) && StableIn(leader, member) == 0;

    /// <summary>The ticks until it is stable, if nothing happens; null if it is not fit now.</summary>
    private long? StableIn(LeaderRole leader, Member member) =>
        leader.Keeper.FitSince(member) is { } since ? Math.Max(0, Options.StableTicks - (_now - since)) : null;

    /// <summary>It was fit to vote at the last heartbeat.</summary>
    private bool IsCaughtUp(LeaderRole leader, Member member) => !IsReplaced(member) && leader.Keeper.FitSince(member) is not null;

    /// <summary>The leader, then those who are heard, then by how much of the log they have, then in the order of members.</summary>
    private IEnumerable<Member> BestFirst(LeaderRole leader, IEnumerable<Member> members) => members
        .OrderBy(member => member == Self ? 0 : leader.Of(member) is { } progress && IsHeard(progress) && !IsReplaced(member) ? 1 : 2)
        .ThenByDescending(member => leader.Of(member)?.Match ?? LogIndex.Zero)
        .ThenBy(member => member);

    /// <summary>
    /// Whether a majority of those who will vote is heard now, and may vote: who waits for admission learns of it from the log, which
    /// nobody can send if the leader is lost and its vote is needed for the next.
    /// </summary>
    private bool IsMajorityHeard(LeaderRole leader, Configuration next)
    {
        bool? IsThere(Member member) =>
            member == Self || (leader.Of(member) is { IsAdmitted: true } progress && IsHeard(progress) && !IsReplaced(member));
        return Majority.Result(next.Voters, IsThere) == VoteResult.Won;
    }

    private static string Names(IEnumerable<Member> members) => string.Join(" and ", members);
}

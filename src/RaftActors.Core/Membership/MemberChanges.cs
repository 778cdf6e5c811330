using System.Diagnostics;

namespace RaftActors.Core;

/// <summary>Changes the roster or the voters on request.</summary>
internal sealed class MemberChanges(RaftState state, Reconfiguration reconfiguration, QuorumKeeping quorum)
{
    /// <summary>A caller asks for a change.</summary>
    public void OnChangeMembers(Input.ChangeMembers input)
    {
        if (WhyNotNow(input.BasedOn) is var (reason, detail))
        {
            state.Effects.Add(new Effect.MembersRefused(input.Request, reason, detail));
            return;
        }

        var leader = (LeaderRole)state.Role;
        var plan = PlanFor(leader, input.Change);
        if (plan.Next is not { } next)
        {
            state.Effects.Add(new Effect.MembersRefused(input.Request, MembersRefusalReason.Invalid, plan.Reason));
        }
        else if (WhyNeverCommitted(leader, next) is { } obstacle)
        {
            state.Effects.Add(new Effect.MembersRefused(input.Request, MembersRefusalReason.NotResponsive, obstacle));
        }
        else
        {
            state.Effects.Add(new Effect.MembersAccepted(input.Request, reconfiguration.Decide(next, plan.Reason)));
        }
    }

    /// <summary>
    /// Why no change can be made now; null if one can. That the caller has seen another configuration is definite, so it comes before the
    /// reasons to ask again.
    /// </summary>
    private (MembersRefusalReason Reason, string Detail)? WhyNotNow(LogIndex basedOn)
    {
        var latest = state.Configurations.LatestIndex;
        if (state.Role is not LeaderRole)
        {
            return (MembersRefusalReason.NotLeader, $"{state.Self.Name} does not lead");
        }

        if (basedOn != latest)
        {
            return (MembersRefusalReason.Outdated, $"it was based on the configuration at {basedOn}, and the latest is at {latest}");
        }

        if (state.CommitIndex < latest || state.Configuration.IsJoint)
        {
            return (MembersRefusalReason.UnderWay, "the last change is not committed yet");
        }

        return reconfiguration.IsAllowed
            ? null
            : (MembersRefusalReason.UnderWay, "the leader's first entry is not committed yet");
    }

    private MemberPlan PlanFor(LeaderRole leader, MemberChange change) => change switch
    {
        MemberChange.Join(var name) => MemberPlan.Join(state.Configuration, name, state.MaxQuorum),
        MemberChange.Leave leave => MemberPlan.Leave(
            state.Configuration,
            leave,
            state.MaxQuorum,
            quorum.BestFirst(leader, state.Configuration.Voters),
            quorum.BestFirst(leader, state.Configuration.Learners).Where(member => quorum.IsCaughtUp(leader, member))),
        MemberChange.SetMaxQuorum(var max) => MemberPlan.SetMaxQuorum(
            state.Configuration,
            max,
            quorum.BestFirst(leader, state.Configuration.Voters)),
        MemberChange.Assign(var voters, var learners) => MemberPlan.Assign(state.Configuration, voters, learners),
        _ => throw new UnreachableException(),
    };

    /// <summary>
    /// Why a configuration, once in the log, might never be committed, and no entry after it; null if it will be. A process that may not
    /// vote yet is admitted by a committed configuration that holds it. If it already voted and this leader died, no other leader could be
    /// elected without a vote that it cannot give.
    /// </summary>
    private string? WhyNeverCommitted(LeaderRole leader, Configuration next)
    {
        foreach (var member in next.Voters)
        {
            if (member != state.Self
                && !state.Configuration.Voters.Contains(member)
                && leader.Of(member) is not { IsAdmitted: true })
            {
                return $"{member} has not said yet that it may vote";
            }
        }

        return quorum.IsMajorityResponsive(leader, next) ? null : "a majority of those who would vote is not heard";
    }
}

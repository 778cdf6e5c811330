using System.Diagnostics;

namespace RaftActors.Core;

/// <content>Who is in the group is changed on demand.</content>
public sealed partial class RaftCore
{
    private void OnChangeMembers(Input.ChangeMembers input)
    {
        if (WhyNotNow(input.BasedOn) is var (reason, detail))
        {
            _effects.Add(new Effect.MembersRefused(input.Request, reason, detail));
            return;
        }

        var leader = (LeaderRole)_role;
        var plan = PlanFor(leader, input.Change);
        if (plan.Next is not { } next)
        {
            _effects.Add(new Effect.MembersRefused(input.Request, MembersRefusalReason.Invalid, plan.Reason));
        }
        else if (WhyNeverCommitted(leader, next) is { } obstacle)
        {
            _effects.Add(new Effect.MembersRefused(input.Request, MembersRefusalReason.Invalid, obstacle));
        }
        else
        {
            _effects.Add(new Effect.MembersAccepted(input.Request, Decide(next, plan.Reason)));
        }
    }

    /// <summary>
    /// What stands against any change now. That the caller has seen another configuration is definite, so it comes before "ask again".
    /// </summary>
    private (MembersRefusalReason Reason, string Detail)? WhyNotNow(LogIndex basedOn)
    {
        var latest = _configurations.LatestIndex;
        if (_role is not LeaderRole)
        {
            return (MembersRefusalReason.NotLeader, $"{Self.Name} does not lead");
        }

        if (basedOn != latest)
        {
            return (MembersRefusalReason.Outdated, $"it was based on the configuration at {basedOn}, and the latest is at {latest}");
        }

        if (CommitIndex < latest || Configuration.IsJoint)
        {
            return (MembersRefusalReason.UnderWay, "the last change is not committed yet");
        }

        return MayReconfigure ? null : (MembersRefusalReason.UnderWay, "the leader's first entry is not committed yet");
    }

    private MemberPlan PlanFor(LeaderRole leader, MemberChange change) => change switch
    {
        MemberChange.Join(var name) => MemberPlan.Join(Configuration, name, Options.MaxQuorum),
        MemberChange.Leave(var name) => MemberPlan.Leave(
            Configuration,
            name,
            Options.MaxQuorum,
            BestFirst(leader, Configuration.Voters),
            BestFirst(leader, Configuration.Learners).Where(member => IsCaughtUp(leader, member))),
        MemberChange.Assign(var voters, var learners) => MemberPlan.Assign(Configuration, voters, learners),
        _ => throw new UnreachableException(),
    };

    /// <summary>
    /// Why a configuration, once in the log, might stay uncommitted for good, and everything after it too. Who may not vote yet waits for a
    /// committed configuration that holds it: were it a voter already and this leader died, no other could be elected without a vote that
    /// it cannot give.
    /// </summary>
    private string? WhyNeverCommitted(LeaderRole leader, Configuration next)
    {
        foreach (var member in next.Voters)
        {
            if (member != Self && !Configuration.Voters.Contains(member) && leader.Of(member) is not { IsAdmitted: true })
            {
                return $"{member} has not said yet that it may vote";
            }
        }

        return IsMajorityHeard(leader, next) ? null : "a majority of those who would vote is not heard";
    }
}

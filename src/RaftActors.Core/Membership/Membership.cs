using System.Collections.Immutable;
using System.Diagnostics;

namespace RaftActors.Core;

/// <summary>
/// Changes the roster and the voters on the leader: on request, by itself to keep K voters (<see cref="QuorumKeeping"/>), and as the
/// conclusion of an earlier change. Every change passes the one guard <see cref="IsChangeAllowed"/>.
/// </summary>
internal sealed class Membership(RaftState state)
{
    /// <summary>
    /// One change at a time, and only when the one before and an entry of the leader's own term are committed. Without the latter two
    /// leaders could each commit a change of their own (Ongaro's correction of 2015 to single-server changes).
    /// </summary>
    public bool IsChangeAllowed =>
        state.Role is LeaderRole && state.CommitIndex >= state.Configurations.LatestIndex && state.HasCommittedInTerm;

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
            state.Effects.Add(new Effect.MembersRefused(input.Request, FailureReason.Invalid, plan.Reason));
        }
        else if (WhyNeverCommitted(leader, next) is { } obstacle)
        {
            state.Effects.Add(new Effect.MembersRefused(input.Request, FailureReason.Unavailable, obstacle));
        }
        else
        {
            state.Effects.Add(new Effect.MembersAccepted(input.Request, Decide(next, plan.Reason)));
        }
    }

    /// <summary>
    /// Returns why no change can be made now, or null. That the caller has seen another configuration is final, so it precedes the reasons
    /// to ask again.
    /// </summary>
    private (FailureReason Reason, string Detail)? WhyNotNow(LogIndex basedOn)
    {
        var latest = state.Configurations.LatestIndex;
        if (state.Role is not LeaderRole)
        {
            return (FailureReason.NoLeader, $"{state.Self.Name} does not lead");
        }

        if (basedOn != latest)
        {
            return (FailureReason.Outdated, $"it was based on the configuration at {basedOn}, and the latest is at {latest}");
        }

        if (state.CommitIndex < latest || state.Configuration.IsJoint)
        {
            return (FailureReason.Busy, "the last change is not committed yet");
        }

        return IsChangeAllowed
            ? null
            : (FailureReason.Busy, "the leader's first entry is not committed yet");
    }

    private MemberPlan PlanFor(LeaderRole leader, MemberChange change) => change switch
    {
        MemberChange.Join join => MemberPlan.Join(state.Configuration, join, state.MaxQuorum),
        MemberChange.Leave leave => MemberPlan.Leave(
            state.Configuration,
            leave,
            state.MaxQuorum,
            QuorumKeeping.BestFirst(state, leader, state.Configuration.Voters),
            QuorumKeeping.BestFirst(state, leader, state.Configuration.Learners.Where(state.Configuration.MayVote))
                .Where(member => QuorumKeeping.IsCaughtUp(state, leader, member))),
        MemberChange.SetMaxQuorum(var max) => MemberPlan.SetMaxQuorum(
            state.Configuration,
            max,
            QuorumKeeping.BestFirst(state, leader, state.Configuration.Voters)),
        MemberChange.Raise raise => MemberPlan.Raise(
            state.Configuration,
            raise,
            member => QuorumKeeping.VersionOf(state, leader, member),
            () => QuorumKeeping.WhyNotApplied(state, leader)),
        MemberChange.Assign(var voters, var learners) => MemberPlan.Assign(state.Configuration, voters, learners),
        _ => throw new UnreachableException(),
    };

    /// <summary>
    /// Returns why a configuration in the log, and all entries after it, might never be committed, or null. A process that may not vote
    /// yet is admitted by a committed configuration that has it. If it counted as a voter and this leader died, no other leader could be
    /// elected, because that needs a vote that it cannot give.
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

        return QuorumKeeping.IsMajorityResponsive(state, leader, next) ? null : "a majority of those who would vote is not heard";
    }

    /// <summary>At each heartbeat: watches all members, and makes a change if one is due.</summary>
    public void OnHeartbeat(LeaderRole leader)
    {
        var keeper = leader.Keeper;
        keeper.Watch(
            leader.Progresses, state.Configuration, state.CommitIndex, state.Log.LastPosition.Serial, state.Now, state.Options);
        if (!IsChangeAllowed || state.Configuration.IsJoint)
        {
            return;
        }

        if (QuorumKeeping.HigherLogic(state, leader) is { Next: { } higher, Reason: var why }
            && QuorumKeeping.WhyNotApplied(state, leader) is null)
        {
            Decide(higher, why);
            return;
        }

        if (!state.Options.KeepsQuorum
            || state.Now - keeper.QuietSince < state.Options.StableTicks)
        {
            return;
        }

        var plan = QuorumKeeping.BetterQuorum(state, leader);
        plan = plan.Next is null ? QuorumKeeping.Removal(state, leader) : plan;
        if (plan.Next is { } next && QuorumKeeping.IsMajorityResponsive(state, leader, next))
        {
            keeper.Changed(state.Now);
            if (plan.Lost is { } lost)
            {
                keeper.LostVote(lost);
            }

            Decide(next, plan.Reason);
        }
    }

    /// <summary>
    /// Tells whether the voters stay while no member comes or goes: no change is due, and no running learner can cause one later.
    /// </summary>
    public bool IsSettled(LeaderRole leader) =>
        QuorumKeeping.HigherLogic(state, leader).Next is null
        && (!state.Options.KeepsQuorum || QuorumKeeping.IsSettled(state, leader));

    /// <summary>Leaves a joint configuration once it is committed, and gives places to processes that came.</summary>
    public void Advance()
    {
        if (!IsChangeAllowed)
        {
            return;
        }

        var (next, reason) = state.Configuration.IsJoint
            ? (state.Configuration with { OldVoters = [] }, "both majorities have the joint one")
            : WithNewcomers(state.Configuration);
        if (next != state.Configuration)
        {
            Decide(next, reason);
        }
    }

    /// <summary>Appends a configuration, which is in force from here on (§6). Returns its index.</summary>
    public LogIndex Decide(Configuration next, string reason)
    {
        Invariant.That(state.Configurations.IsEmpty || IsChangeAllowed, "one change of members at a time, after an own entry is committed");
        Invariant.That(
            state.Configurations.IsEmpty || next.MayFollow(state.Configuration),
            "voters change through a joint configuration (§6)");
        Invariant.That(next.Electorate().All(next.MayVote), "a member that never votes gets no vote");
        return Append(next, reason);
    }

    /// <summary>
    /// Appends the first entry of the first leader of a restored group. The voters stay the same, so no entry of this term need be
    /// committed before. If the leader fails before the commit, a leader without the entry begins another era.
    /// </summary>
    public void BeginEra()
    {
        var (before, serial) = (state.Configuration, state.Log.LastPosition.Serial.Value);
        var era = Math.Max(before.Era + 1, state.Options.StartedAt - serial);
        Append(before with { Era = era, IsRestored = false }, $"the restored group begins era {era}");
    }

    private LogIndex Append(Configuration next, string reason)
    {
        var endsJoint = state.Configuration.IsJoint && !next.IsJoint;
        var entry = state.Append((LeaderRole)state.Role, new Payload.Reconfigure(next));
        state.Effects.Add(new Effect.MembersDecided(entry.Index, next, reason) { EndsJoint = endsJoint });
        return entry.Index;
    }

    /// <summary>
    /// Adds the processes of the roster that greeted with an incarnation that the configuration lacks. Skips a process without a place in
    /// the roster, which was removed or never joined, and one whose program cannot read the log.
    /// </summary>
    private (Configuration Next, string Reason) WithNewcomers(Configuration configuration)
    {
        var came = "";
        foreach (var peer in state.Roster.Peers)
        {
            if (peer.HasCome && configuration.Awaits(peer.Member) && peer.Version.Has(configuration.Version))
            {
                configuration = With(configuration, peer.Member);
                came += came.Length == 0 ? peer.Name : $" and {peer.Name}";
            }
        }

        return (configuration, came.Length == 0 ? came : $"{came} came");
    }

    /// <summary>
    /// Adds the present incarnation of a process. In a place that was kept for an absent process it may vote, because no vote was ever
    /// counted there. So each majority before and each one after share a member, and no joint configuration is needed. Another incarnation
    /// of a voter becomes a learner.
    /// </summary>
    private static Configuration With(Configuration configuration, Member member)
    {
        if (configuration.Voters.Contains(Member.Absent(member.Name)))
        {
            return configuration with { Voters = Replace(configuration.Voters, member) };
        }

        return configuration with { Learners = Replace(configuration.Learners, member) };
    }

    private static ImmutableArray<Member> Replace(ImmutableArray<Member> members, Member member) =>
        [.. members.Where(one => one.Name != member.Name).Append(member).Order()];
}

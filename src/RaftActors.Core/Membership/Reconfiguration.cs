using System.Collections.Immutable;

namespace RaftActors.Core;

/// <summary>
/// The leader writes configurations into the log. Holds the one guard of every change, and makes the changes that need no request.
/// </summary>
internal sealed class Reconfiguration(RaftState state, LeaderLog log)
{
    /// <summary>
    /// One change at a time, and only when the one before and an entry of the leader's own term are committed. Without the latter two
    /// leaders could each commit a change of their own (Ongaro's correction of 2015 to single-server changes).
    /// </summary>
    public bool IsAllowed =>
        state.Role is LeaderRole && state.CommitIndex >= state.Configurations.LatestIndex && state.HasCommittedInTerm;

    /// <summary>Leaves a joint configuration once it is committed, and gives places to processes that came.</summary>
    public void Settle()
    {
        if (!IsAllowed)
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

    /// <summary>Appends a configuration and tells why. It is in force from here on (§6).</summary>
    /// <returns>Its index.</returns>
    public LogIndex Decide(Configuration next, string reason)
    {
        Invariant.That(state.Configurations.IsEmpty || IsAllowed, "one change of members at a time, after an own entry is committed");
        Invariant.That(
            state.Configurations.IsEmpty || next.MayFollow(state.Configuration),
            "voters change through a joint configuration (§6)");
        var endsJoint = state.Configuration.IsJoint && !next.IsJoint;
        var entry = log.Append((LeaderRole)state.Role, new Payload.Reconfigure(next));
        state.Effects.Add(new Effect.MembersDecided(entry.Index, next, reason) { EndsJoint = endsJoint });
        return entry.Index;
    }

    /// <summary>
    /// Adds the processes of the roster that greeted with an incarnation that the configuration does not hold. A process without a place in
    /// the roster is not added: it was removed, or never joined.
    /// </summary>
    private (Configuration Next, string Reason) WithNewcomers(Configuration configuration)
    {
        var came = "";
        foreach (var peer in state.Roster.Peers)
        {
            if (peer.HasCome && !configuration.Holds(peer.Member) && configuration.HasName(peer.Name))
            {
                configuration = With(configuration, peer.Member);
                came += came.Length == 0 ? peer.Name : $" and {peer.Name}";
            }
        }

        return (configuration, came.Length == 0 ? came : $"{came} came");
    }

    /// <summary>
    /// Adds the present incarnation of a process. In a place that was kept for an absent process it may vote: no vote was ever counted
    /// there. So each majority of before and each of after have a member in common, and no joint configuration is needed. Another
    /// incarnation of a voter becomes a learner.
    /// </summary>
    private static Configuration With(Configuration configuration, Member member)
    {
        if (configuration.Voters.Contains(FoundingConfiguration.Absent(member.Name)))
        {
            return configuration with { Voters = Replace(configuration.Voters, member) };
        }

        return configuration with { Learners = Replace(configuration.Learners, member) };
    }

    private static ImmutableArray<Member> Replace(ImmutableArray<Member> members, Member member) =>
        [.. members.Where(one => one.Name != member.Name).Append(member).Order()];
}

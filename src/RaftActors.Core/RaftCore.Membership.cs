using System.Collections.Immutable;

namespace RaftActors.Core;

/// <content>The leader keeps the configuration in the log true to the processes that are there.</content>
public sealed partial class RaftCore
{
    /// <summary>
    /// The one guard of every change: one at a time, and only when the one before and an entry of the leader's own term are committed.
    /// Without the latter two leaders could each commit a change of their own (the bug of 2015 in changes of a single server).
    /// </summary>
    private bool MayReconfigure =>
        _role is LeaderRole && CommitIndex >= _configurations.LatestIndex && _log.TermAt(CommitIndex) == Term;

    /// <summary>Called whenever a reason for a change, or what stood against it, may have changed.</summary>
    private void ConsiderMembers()
    {
        if (!MayReconfigure)
        {
            return;
        }

        var (next, reason) = Configuration.IsJoint
            ? (Configuration with { OldVoters = [] }, "both majorities have the joint one")
            : WithThoseWhoCame(Configuration);
        if (next != Configuration)
        {
            Decide(next, reason);
        }
    }

    /// <summary>Puts a configuration into the log and says why. From now on it is in force (§6).</summary>
    private LogIndex Decide(Configuration next, string reason)
    {
        Invariant.That(_configurations.IsEmpty || MayReconfigure, "one change of members at a time, after an own entry is committed");
        Invariant.That(_configurations.IsEmpty || next.MayFollow(Configuration), "voters change through a joint configuration (§6)");
        var entry = AppendOwn(new Payload.Reconfigure(next));
        _effects.Add(new Effect.MembersDecided(entry.Index, next, reason));
        return entry.Index;
    }

    /// <summary>
    /// Those of the roster who greeted and whom the configuration does not hold as they now are. Who has no place in it is not taken in by
    /// coming: it was removed, or never asked for.
    /// </summary>
    private (Configuration Next, string Reason) WithThoseWhoCame(Configuration configuration)
    {
        var came = "";
        foreach (var peer in _peers)
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
    /// Takes in a process in the life that it now has. In a place that was kept for it, it may vote: nobody was ever counted there, so
    /// every majority of before and every one of after have a member in common, and no joint configuration is needed. Under a voter's name
    /// that is another life, it only follows.
    /// </summary>
    private static Configuration With(Configuration configuration, Member member)
    {
        if (configuration.Voters.Contains(FoundingConfiguration.Absent(member.Name)))
        {
            return configuration with { Voters = Replace(configuration.Voters, member) };
        }

        return configuration with { Learners = Replace(configuration.Learners, member) };
    }

    /// <summary>The list with this member in the place of an earlier life of it.</summary>
    private static ImmutableArray<Member> Replace(ImmutableArray<Member> members, Member member) =>
        [.. members.Where(one => one.Name != member.Name).Append(member).Order()];
}

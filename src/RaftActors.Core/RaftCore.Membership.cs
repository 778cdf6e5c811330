using System.Collections.Immutable;

namespace RaftActors.Core;

/// <content>The leader keeps the configuration in the log true to the processes that are there.</content>
public sealed partial class RaftCore
{
    /// <summary>
    /// One change at a time, and only when the one before and an entry of the leader's own term are committed. Called whenever a reason for
    /// a change, or what stood against it, may have changed.
    /// </summary>
    private void ConsiderMembers()
    {
        if (_role is not LeaderRole || CommitIndex < _configurations.LatestIndex || _log.TermAt(CommitIndex) != Term)
        {
            return;
        }

        var next = Configuration.IsJoint ? Configuration with { OldVoters = [] } : WithThoseWhoCame(Configuration);
        if (next != Configuration)
        {
            AppendOwn(new Payload.Reconfigure(next));
            Broadcast();
        }
    }

    private Configuration WithThoseWhoCame(Configuration configuration)
    {
        foreach (var peer in _peers)
        {
            if (peer.HeardAt is not null && !configuration.Everybody().Contains(peer.Member))
            {
                configuration = With(configuration, peer.Member);
            }
        }

        return configuration;
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

        return configuration with { Followers = Replace(configuration.Followers, member) };
    }

    /// <summary>The list with this member in the place of an earlier life of it.</summary>
    private static ImmutableArray<Member> Replace(ImmutableArray<Member> members, Member member) =>
        [.. members.Where(one => one.Name != member.Name).Append(member).Order()];
}

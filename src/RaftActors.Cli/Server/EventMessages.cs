using RaftActors.Cli.Terminal;
using RaftActors.Core;

namespace RaftActors.Cli.Server;

/// <summary>
/// Turns raft events into log messages without repetitions. <see cref="LogServer"/> reports members, removal and fencing, because only it
/// knows which of them were reported before a restart.
/// </summary>
internal sealed class EventMessages(ServerSettings settings)
{
    private readonly HashSet<(ProcessName By, RefusalReason Reason)> _refusals = [];
    private readonly HashSet<ProcessName> _wasReached = [];
    private (RaftRole Role, long Term) _role;
    private ProcessName? _leader;
    private bool _isAsking;
    private bool _isOutside;

    /// <summary>The message about an event, or null if it reports nothing new.</summary>
    public string? Of(RaftEvent happened)
    {
        _isOutside = happened switch
        {
            RaftEvent.Removed => true,
            RaftEvent.MembersChanged changed when changed.HasSelf => false,
            _ => _isOutside,
        };
        return happened switch
        {
            RaftEvent.RoleChanged changed => OnRole(changed),
            RaftEvent.LeaderChanged changed => OnLeader(changed),
            RaftEvent.PeerChanged changed => OnPeer(changed),
            RaftEvent.MembersDecided { Promoted.Length: > 0 } decided => $"changes the voters: {ServerId.Show(decided.Reason)}",
            RaftEvent.Refused refused => OnRefused(refused),
            RaftEvent.NameTaken taken => $"two servers that run are called {ServerId.Show(taken.Name)}: stop one of them",
            _ => null,
        };
    }

    private static string Names(IEnumerable<ProcessName> names) => string.Join(' ', names.Select(name => ServerId.Show(name)));

    private string? OnRole(RaftEvent.RoleChanged changed)
    {
        var before = _role;
        _role = (changed.Role, changed.Term);
        if (changed.Role == before.Role && changed.Role == RaftRole.Follower)
        {
            return settings.IsVerbose ? $"follower in term {changed.Term}" : null;
        }

        switch (changed.Role)
        {
            case RaftRole.Leader:
                _isAsking = false;
                return $"elected leader in term {changed.Term} by {Names(changed.Votes)}";
            case RaftRole.Candidate:
                return $"candidate in term {changed.Term}";
            case RaftRole.PreCandidate when !_isAsking:
                _isAsking = true;
                return $"hears no leader in term {changed.Term}: starts a pre-vote";
            case RaftRole.Follower when before.Role is RaftRole.Leader or RaftRole.Candidate || settings.IsVerbose:
                return before.Role == RaftRole.Leader
                    ? $"stepped down: follower in term {changed.Term}"
                    : $"follower in term {changed.Term}";
            default:
                return null;
        }
    }

    private string? OnLeader(RaftEvent.LeaderChanged changed)
    {
        var before = _leader;
        _leader = changed.Leader;
        if (changed.Leader is { } leader)
        {
            _isAsking = false;
            return leader == changed.Process ? null : $"{ServerId.Show(leader)} leads in term {changed.Term}";
        }

        // A removed server has no leader either, but its removal was reported.
        return before is null || before == changed.Process || _isOutside
            ? null
            : $"lost the leader {ServerId.Show(before.Value)}";
    }

    private string? OnPeer(RaftEvent.PeerChanged changed) => (changed.IsReachable, _wasReached.Contains(changed.Peer)) switch
    {
        (true, false) when _wasReached.Add(changed.Peer) => $"{ServerId.Show(changed.Peer)} is reachable",
        (false, true) when _wasReached.Remove(changed.Peer) => $"{ServerId.Show(changed.Peer)} is unreachable",
        _ => null,
    };

    private string? OnRefused(RaftEvent.Refused refused)
    {
        if (!_refusals.Add((refused.By, refused.Reason)))
        {
            return null;
        }

        var by = ServerId.Show(refused.By);
        return refused.Reason switch
        {
            RefusalReason.NotInRoster when !settings.IsFounder && !settings.IsVerbose => null, // Its own log tells how to add it.
            RefusalReason.NotInRoster =>
                $"{by} does not know {settings.Id}: their -c lists differ, or {by} belongs to a group already. Start all servers of a new "
                + $"group with the same -c. To join a group, start with a -c that does not name {settings.Id}, then run: "
                + ServerId.AddCommand(settings.Id, by),
            RefusalReason.OtherGroup =>
                $"{by} and {settings.Id} belong to different groups, and their logs cannot be merged. Decide which group to keep. Stop "
                + "the servers of the other one, move their data directories away, and start them again.",
            RefusalReason.OtherIncarnation =>
                $"{by} knows {settings.Id} with another store: the content of {settings.Data} was lost, or --data named another directory "
                + "before. This server does not vote for now. While a majority of the others runs, it rejoins as a learner, and votes "
                + "again when it has caught up. If the old directory still exists, stop this server and start it with that directory.",
            RefusalReason.Removed => null, // LogServer reports it.
            RefusalReason.Fenced =>
                $"{by} is fenced: its disk has lost or changed acknowledged entries. Stop it, move its data directory away, and start it "
                + "as before. It rejoins by itself while a majority runs without it.",
            RefusalReason.RestoredDisk or RefusalReason.Outvoted or RefusalReason.Diverged =>
                $"{by} and {settings.Id} disagree about acknowledged entries, so one of their disks has lost or changed some: "
                + ServerId.Show(refused.Why) + ".",
            RefusalReason.Disputed => $"{by} reports that {ServerId.Show(refused.Why)}.",
            _ => $"{by} refuses {settings.Id}: {ServerId.Show(refused.Why)}.",
        };
    }
}

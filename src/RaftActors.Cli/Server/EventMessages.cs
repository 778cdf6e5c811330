using RaftActors.Core;

namespace RaftActors.Cli.Server;

/// <summary>
/// Turns what happens to a server's raft process into sentences for its log: each change once, whatever is repeated of it. Who is a member
/// is told by <see cref="LogServer"/>, which knows what was told before a restart, as is the end of its part in the group.
/// </summary>
internal sealed class EventMessages(ServerSettings settings)
{
    private readonly HashSet<(ProcessName By, RefusalReason Reason)> _refusals = [];
    private readonly HashSet<ProcessName> _wasReached = [];
    private (RoleKind Role, Term Term) _role;
    private ProcessName? _leader;
    private bool _isAsking;
    private bool _isOutside;

    /// <summary>What there is to say about it.</summary>
    public IEnumerable<string> Tell(RaftEvent happened)
    {
        _isOutside = happened switch
        {
            RaftEvent.Removed => true,
            RaftEvent.MembersChanged changed when changed.HasSelf => false,
            _ => _isOutside,
        };
        var sentence = happened switch
        {
            RaftEvent.RoleChanged changed => OnRole(changed),
            RaftEvent.LeaderChanged changed => OnLeader(changed),
            RaftEvent.PeerChanged changed => OnPeer(changed),
            RaftEvent.Refused refused => OnRefused(refused),
            _ => null,
        };
        return sentence is null ? [] : [sentence];
    }

    private static string Names(IEnumerable<ProcessName> names) => string.Join(' ', names.Select(name => ServerId.Show(name)));

    private string? OnRole(RaftEvent.RoleChanged changed)
    {
        var before = _role;
        _role = (changed.Role, changed.Term);
        if (changed.Role == before.Role && changed.Role == RoleKind.Follower)
        {
            return settings.IsVerbose ? $"follower in term {changed.Term}" : null;
        }

        switch (changed.Role)
        {
            case RoleKind.Leader:
                _isAsking = false;
                return $"elected leader in term {changed.Term} by {Names(changed.Votes)}";
            case RoleKind.Candidate:
                return $"candidate in term {changed.Term}";
            case RoleKind.PreCandidate when !_isAsking:
                _isAsking = true;
                return $"hears no leader in term {changed.Term}, and asks the others whether they would elect it";
            case RoleKind.Follower when before.Role is RoleKind.Leader or RoleKind.Candidate || settings.IsVerbose:
                return before.Role == RoleKind.Leader
                    ? $"leads no more: follower in term {changed.Term}"
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

        // Nobody leads one that was removed, and that was told.
        return before is null || before == changed.Process || _isOutside
            ? null
            : $"{ServerId.Show(before.Value)} leads no more, or is out of reach";
    }

    private string? OnPeer(RaftEvent.PeerChanged changed) => (changed.IsReachable, _wasReached.Contains(changed.Peer)) switch
    {
        (true, false) when _wasReached.Add(changed.Peer) => $"{ServerId.Show(changed.Peer)} is reached",
        (false, true) when _wasReached.Remove(changed.Peer) => $"{ServerId.Show(changed.Peer)} cannot be reached any more",
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
            RefusalReason.NotInRoster when !settings.IsFounder && !settings.IsVerbose => null, // It waits, and has said what takes it in.
            RefusalReason.NotInRoster =>
                $"{by} does not know {settings.Id}: the lists that the two were started with (-c) differ, or {by} belongs to a group "
                + "already. Start all servers of a new group with the same -c. To join a group, start with a -c that does not name "
                + $"{settings.Id}, and ask: {ServerId.AddCommand(settings.Id, by)}",
            RefusalReason.OtherGroup =>
                $"{by} belongs to another group than {settings.Id}: both have a history of their own, which cannot become one. Decide "
                + "which is right, stop the servers of the other one, move their data directories away, and start them again.",
            RefusalReason.OtherIncarnation =>
                $"{by} knows {settings.Id} with another disk: what was in {settings.Data} is lost, or --data names another directory than "
                + "before. It does not vote as if nothing had happened. While a majority of the others runs, the group takes it in as a "
                + "new one, and gives it its vote back when it has caught up. If the old directory is still there, stop this server and "
                + "start it with that one.",
            RefusalReason.Removed => null, // What that means to this server is an event of its own.
            RefusalReason.Fenced =>
                $"{by} takes no part any more: its disk has lost or changed what it had acknowledged. Stop it, move its data directory "
                + "away, and start it as before. It rejoins by itself while a majority runs without it.",
            RefusalReason.RestoredDisk or RefusalReason.Outvoted or RefusalReason.Diverged =>
                $"{by} and {settings.Id} do not agree on what was acknowledged, so one of their disks has lost or changed something: "
                + ServerId.Show(refused.Detail) + ".",
            RefusalReason.Disputed => $"{by} reports that {ServerId.Show(refused.Detail)}.",
            _ => $"{by} refuses {settings.Id}: {ServerId.Show(refused.Detail)}.",
        };
    }
}

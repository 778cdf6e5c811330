namespace RaftActors.Cli.Server;

/// <summary>
/// Turns raft events into log messages, and leaves out those without news. <see cref="LogServer"/> reports members, removal and fencing,
/// because only it knows which of them were reported before a restart.
/// </summary>
internal sealed class EventMessages(ServerSettings settings)
{
    private RaftRole _role;
    private ProcessName? _leader;
    private bool _isAsking;
    private bool _isOutside;

    /// <summary>The message about an event, or null if it reports nothing new.</summary>
    public string? Of(RaftEvent happened)
    {
        _isOutside = happened switch
        {
            RaftEvent.Removed => true,
            RaftEvent.MembersChanged changed when HasSelf(changed) => false,
            _ => _isOutside,
        };
        return happened switch
        {
            RaftEvent.RoleChanged changed => IsNews(changed.Role) ? ServerId.Show(changed.Detail) : null,
            RaftEvent.LeaderChanged changed => IsNews(changed) ? ServerId.Show(changed.Detail) : null,
            RaftEvent.MembersDecided { Promoted.Length: > 0 } decided => $"changes the voters: {Why(decided)}",
            RaftEvent.Refused refused => OnRefused(refused),
            RaftEvent.NameTaken taken => $"two servers that run have one name: {Why(taken)}",
            RaftEvent.Removed or RaftEvent.Fenced => null,
            RaftEvent.PeerChanged or RaftEvent.ClockDiffers or RaftEvent.StateDiverged => ServerId.Show(happened.Detail),
            _ => null,
        };
    }

    /// <summary>The detail of an event without the words before its cause.</summary>
    public static string Why(RaftEvent happened) =>
        ServerId.Show(happened.Detail[(happened.Detail.IndexOf(": ", StringComparison.Ordinal) + 2)..]);

    public static bool HasSelf(RaftEvent.MembersChanged changed) => changed.Members.Any(member => member.Name == changed.Process);

    private bool IsNews(RaftRole role)
    {
        var isNews = role switch
        {
            RaftRole.Follower => _role is RaftRole.Leader or RaftRole.Candidate || settings.IsVerbose,
            RaftRole.PreCandidate => !_isAsking,
            _ => true,
        };
        _role = role;
        _isAsking = role == RaftRole.PreCandidate || (_isAsking && role != RaftRole.Leader);
        return isNews;
    }

    private bool IsNews(RaftEvent.LeaderChanged changed)
    {
        var before = _leader;
        _leader = changed.Leader;
        _isAsking &= changed.Leader is null;

        // The change of this server's own role was reported, and so was its removal, after which it has no leader either.
        return changed.Leader is { } leader ? leader != changed.Process
            : before is not null && before != changed.Process && !_isOutside;
    }

    private string? OnRefused(RaftEvent.Refused refused)
    {
        var by = ServerId.Show(refused.By);
        return refused.Reason switch
        {
            "NotInRoster" when !settings.IsFounder && !settings.IsVerbose => null, // Its own log tells how to add it.
            "NotInRoster" =>
                $"{by} does not know {settings.Id}: their -c lists differ, or {by} belongs to a group already. Start all servers of a new "
                + $"group with the same -c. To join a group, start with a -c that does not name {settings.Id}, then run: "
                + ServerId.AddCommand(settings.Id, by),
            "OtherGroup" =>
                $"{by} and {settings.Id} belong to different groups, and their logs cannot be merged. Decide which group to keep. Stop "
                + "the servers of the other one, move their data directories away, and start them again.",
            "OtherIncarnation" =>
                $"{by} knows {settings.Id} with another store: the content of {settings.Data} was lost, or --data named another directory "
                + "before. This server does not vote for now. While a majority of the others runs, it rejoins as a learner, and votes "
                + "again when it has caught up. If the old directory still exists, stop this server and start it with that directory.",
            "Removed" => null, // LogServer reports it.
            "Fenced" =>
                $"{by} is fenced: its disk has lost or changed acknowledged entries. Stop it, move its data directory away, and start it "
                + "as before. It rejoins by itself while a majority runs without it.",
            "RestoredDisk" or "Outvoted" or "Diverged" =>
                $"{by} and {settings.Id} disagree about acknowledged entries, so one of their disks has lost or changed some: "
                + Why(refused) + ".",
            "Disputed" => $"{by} reports that {Why(refused)}.",
            _ => $"{by} refuses {settings.Id}: {Why(refused)}.",
        };
    }
}

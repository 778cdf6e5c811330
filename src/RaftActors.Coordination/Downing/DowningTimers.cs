namespace RaftActors.Coordination.Downing;

/// <summary>
/// How long members have been unreachable, and how old the news from the group are. All times are those of one monotonic clock.
/// </summary>
internal sealed class DowningTimers(DowningSettings settings)
{
    private readonly HashSet<string> _unreachable = [];
    private TimeSpan _changedAt;
    private TimeSpan? _since;
    private TimeSpan? _readAt;

    /// <summary>The node has looked at the cluster.</summary>
    public void OnSeen(ClusterView view, TimeSpan now)
    {
        var unreachable = view.Members.Where(each => each.IsUnreachable).Select(each => each.Name).ToArray();
        if (!_unreachable.SetEquals(unreachable))
        {
            _unreachable.Clear();
            _unreachable.UnionWith(unreachable);
            _changedAt = now;
        }

        _since = unreachable.Length == 0 ? null : _since ?? now;
    }

    /// <summary>
    /// The node has learned of a decision. What it cannot reach may be the other half of the same fault, so it looks anew for a while.
    /// Otherwise a cut that heals while the nodes decide could down members of both sides.
    /// </summary>
    public void OnDecided(TimeSpan now) => (_changedAt, _since) = (now, _since is null ? null : now);

    /// <summary>The group has answered.</summary>
    /// <param name="sentAt">The moment at which it was asked.</param>
    public void OnRead(TimeSpan sentAt) => _readAt = sentAt;

    /// <summary>It is time to ask the group: often while members are unreachable, and also after this process stood still.</summary>
    public bool IsReadDue(TimeSpan now) => _since is not null || _readAt is not { } at || now - at >= settings.StableAfter;

    /// <summary>
    /// It is time to decide: the unreachable members are the same for a while, or they change for so long that waiting does not help.
    /// </summary>
    public bool IsDecisionDue(bool isMinority, TimeSpan now)
    {
        var wait = isMinority ? settings.MinorityAfter : settings.StableAfter;
        return _since is { } since && (now - _changedAt >= wait || now - since >= (wait + settings.DownSelfAfter) / 2);
    }

    /// <summary>Members are unreachable, and the group has not answered for so long that others may have downed this node.</summary>
    public bool IsOver(TimeSpan now) =>
        _since is { } since && now - since >= settings.DownSelfAfter && now - (_readAt ?? since) >= settings.DownSelfAfter;
}

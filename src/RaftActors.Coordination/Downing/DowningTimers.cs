namespace RaftActors.Coordination.Downing;

/// <summary>
/// How long members have been unreachable, and how old the latest answer of the group is. All times are those of one monotonic clock.
/// </summary>
internal sealed class DowningTimers(DowningSettings settings)
{
    private readonly HashSet<string> _unreachable = [];
    private TimeSpan _changedAt;
    private TimeSpan? _since;
    private TimeSpan? _readAt;

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
    /// Restarts the times after a decision. The members that this node cannot reach may be the other half of the same fault. If it did not
    /// wait again, a cut that heals while the nodes decide could down members of both sides.
    /// </summary>
    public void OnDecided(TimeSpan now) => (_changedAt, _since) = (now, _since is null ? null : now);

    /// <summary>Notes an answer of the group, by the time of its question.</summary>
    public void OnRead(TimeSpan sentAt) => _readAt = sentAt;

    /// <summary>Tells whether to ask the group: often while members are unreachable, and also after this process was suspended.</summary>
    public bool IsReadDue(TimeSpan now) => _since is not null || _readAt is not { } at || now - at >= settings.StableAfter;

    /// <summary>
    /// Tells whether to decide, because the unreachable members have been the same for a while, or have changed for so long that waiting
    /// does not help.
    /// </summary>
    public bool IsDecisionDue(bool isMinority, TimeSpan now)
    {
        var wait = isMinority ? settings.MinorityAfter : settings.StableAfter;
        return _since is { } since && (now - _changedAt >= wait || now - since >= (wait + settings.DownSelfAfter) / 2);
    }

    /// <summary>
    /// Tells whether members have been unreachable and the group silent for so long that others may have downed this node.
    /// </summary>
    public bool IsOver(TimeSpan now) =>
        _since is { } since && now - since >= settings.DownSelfAfter && now - (_readAt ?? since) >= settings.DownSelfAfter;
}

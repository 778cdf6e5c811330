namespace RaftActors.Core;

/// <summary>
/// Since when everybody whom a leader replicates to has been fit to vote without a break, as seen at each heartbeat: it was heard since the
/// one before, and has everything on disk that was committed then.
/// </summary>
internal sealed class QuorumKeeper
{
    private SortedList<Member, long> _fitSince = [];
    private LogIndex _committedBefore;

    /// <summary>The tick from which on the quorum was left as it is; that of the first heartbeat at first.</summary>
    public long? QuietSince { get; private set; }

    /// <summary>Looks at everybody; called at each heartbeat, before it is sent.</summary>
    public void Watch(IEnumerable<Progress> peers, LogIndex committed, long now, int heartbeatTicks)
    {
        QuietSince ??= now;
        var fitSince = new SortedList<Member, long>();
        foreach (var progress in peers)
        {
            var isFit = progress is { IsAdmitted: true, State: not ProgressState.Refused }
                && now - progress.HeardAt <= 2L * heartbeatTicks
                && progress.Match >= _committedBefore;
            if (isFit)
            {
                fitSince.Add(progress.Member, _fitSince.GetValueOrDefault(progress.Member, now));
            }
        }

        (_fitSince, _committedBefore) = (fitSince, committed);
    }

    /// <summary>Since when this member has been fit; null if it is not now.</summary>
    public long? FitSince(Member member) => _fitSince.TryGetValue(member, out var since) ? since : null;

    /// <summary>The quorum was changed.</summary>
    public void Changed(long now) => QuietSince = now;
}

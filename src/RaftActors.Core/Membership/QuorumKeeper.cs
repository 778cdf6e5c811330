namespace RaftActors.Core;

/// <summary>
/// Which members are fit to vote and which lag, as seen at each heartbeat. A fit member was heard since the heartbeat before, and has
/// everything on disk that was committed then. A lagging member is heard, and has not.
/// </summary>
internal sealed class QuorumKeeper
{
    private SortedList<Member, long> _fitSince = [];
    private SortedList<Member, Lag> _lags = [];
    private LogIndex _committedBefore;
    private long _watchedAt;

    /// <summary>The tick from which on the quorum was left as it is; that of the first heartbeat at first.</summary>
    public long? QuietSince { get; private set; }

    /// <summary>Looks at everybody; called at each heartbeat, before it is sent.</summary>
    public void Watch(IEnumerable<Progress> peers, LogIndex committed, long now, CoreOptions options)
    {
        if (QuietSince is null)
        {
            (QuietSince, _committedBefore, _watchedAt) = (now, committed, now);
        }

        var (fitSince, lags) = (new SortedList<Member, long>(), new SortedList<Member, Lag>());
        foreach (var progress in peers)
        {
            var member = progress.Member;
            var isHeard = now - progress.RepliedAt <= 2L * options.HeartbeatTicks;
            var keepsUp = progress.Match >= _committedBefore;
            if (isHeard && keepsUp && progress is { IsAdmitted: true, State: not ProgressState.Refused })
            {
                fitSince.Add(member, _fitSince.GetValueOrDefault(member, now));
            }

            if (isHeard && !keepsUp)
            {
                lags.Add(member, LagOf(progress, now, options.GoneTicks));
            }
            else if (!isHeard && _lags.TryGetValue(member, out var known))
            {
                lags.Add(member, known);
            }
        }

        (_fitSince, _lags, _committedBefore, _watchedAt) = (fitSince, lags, committed, now);
    }

    /// <summary>Since when this member has been fit; null if it is not now.</summary>
    public long? FitSince(Member member) => _fitSince.TryGetValue(member, out var since) ? since : null;

    /// <summary>
    /// For how many ticks this member was heard, lacked entries that were committed a heartbeat before, and came no nearer to the commit
    /// index than ever since it fell behind. 0 if it keeps up. A snapshot that is being sent and arrives stops the clock.
    /// </summary>
    public long LaggedFor(Member member) => _lags.TryGetValue(member, out var lag) ? lag.Ticks : 0;

    /// <summary>The quorum was changed.</summary>
    public void Changed(long now) => QuietSince = now;

    private Lag LagOf(Progress progress, long now, int goneTicks)
    {
        var missing = _committedBefore.Value - progress.Match.Value;
        if (!_lags.TryGetValue(progress.Member, out var known) || missing < known.Least)
        {
            return new Lag(0, missing);
        }

        var isInstalling = progress.Outgoing is { } outgoing && now - outgoing.MovedAt < goneTicks;
        return isInstalling ? known : known with { Ticks = known.Ticks + now - _watchedAt };
    }

    /// <param name="Ticks">How long it came no nearer.</param>
    /// <param name="Least">The least number of committed entries that it lacked since it fell behind.</param>
    private readonly record struct Lag(long Ticks, long Least);
}

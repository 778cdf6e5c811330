namespace RaftActors.Core;

/// <summary>
/// Tracks at each heartbeat which members are fit to vote and which lag. A fit member has answered since the heartbeat before, and has on
/// disk everything that was committed then. A lagging member has answered, but lacks some of it.
/// </summary>
/// <param name="elected">The tick of the election.</param>
/// <param name="committed">The commit index of the leader at that time.</param>
/// <param name="last">The last serial in its log at that time.</param>
internal sealed class QuorumKeeper(long elected, LogIndex committed, Serial last)
{
    private const int LossesMax = 3;

    // Counted in StableTicks: four times the longest time that losses can demand.
    private const int ForgivenAfter = 4 << LossesMax;

    private SortedList<Member, long> _fitSince = [];
    private SortedList<Member, Lag> _lags = [];

    // How often a process has lost its vote because it was gone, up to LossesMax. Forgotten when it leaves, or has been fit for long.
    private readonly SortedList<ProcessName, int> _losses = [];
    // Since when no incarnation of a member was heard. Watched only if silent members are removed.
    private SortedList<ProcessName, long> _silentSince = [];
    private LogIndex _committedBefore = committed;
    private long _watchedAt = elected;
    private (Serial Last, long At) _seen = (last, elected);

    /// <summary>The tick of the last change of the quorum, or of the election.</summary>
    public long QuietSince { get; private set; } = elected;

    /// <summary>
    /// The last serial that the log had at the election, or at a later time before the latest <see cref="CoreOptions.StableTicks"/>. An
    /// application that has not applied it cannot, or is busy with a restart.
    /// </summary>
    public Serial ToApply { get; private set; } = last;

    /// <summary>Checks all members. Called before each heartbeat is sent.</summary>
    public void Watch(
        IEnumerable<Progress> peers, Configuration configuration, LogIndex commitIndex, Serial last, long now, CoreOptions options)
    {
        if (now - _seen.At >= options.StableTicks)
        {
            (ToApply, _seen) = (_seen.Last, (last, now));
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

        (_fitSince, _lags, _committedBefore, _watchedAt) = (fitSince, lags, commitIndex, now);
        if (options.RemoveAfterTicks > 0)
        {
            var silent = configuration.Names().Except(
                peers.Where(progress => now - progress.RepliedAt <= 2L * options.HeartbeatTicks).Select(progress => progress.Member.Name));
            _silentSince = new(silent.ToDictionary(name => name, name => _silentSince.GetValueOrDefault(name, now)));
        }

        Forgive(peers, options.StableTicks);
    }

    /// <summary>Returns the tick since when this member has been fit, or null.</summary>
    public long? FitSince(Member member) => _fitSince.TryGetValue(member, out var since) ? since : null;

    /// <summary>
    /// Returns the ticks for which this member answered, lacked entries committed a heartbeat before, and came no nearer to the commit
    /// index, or 0 if it keeps up. Ticks do not count while a snapshot that is being sent makes progress.
    /// </summary>
    public long LaggedFor(Member member) => _lags.TryGetValue(member, out var lag) ? lag.Ticks : 0;

    /// <summary>Returns the ticks for which this leader has heard no incarnation of a member.</summary>
    public long SilentFor(ProcessName name) => _silentSince.TryGetValue(name, out var since) ? _watchedAt - since : 0;

    /// <summary>
    /// Returns the ticks for which this member must be fit before it may vote. They double with each vote that it lost because it was
    /// gone, so that an unsteady process or link does not change the quorum repeatedly.
    /// </summary>
    public long RequiredTicks(Member member, CoreOptions options) => (long)options.StableTicks << LossesOf(member.Name);

    /// <summary>Returns how often this process has recently lost its vote, from 0 to 3.</summary>
    public int LossesOf(ProcessName name) => _losses.GetValueOrDefault(name);

    public void Changed(long now) => QuietSince = now;

    /// <summary>Notes that another process got the vote of this one, which was gone.</summary>
    public void LostVote(ProcessName name) => _losses[name] = Math.Min(LossesOf(name) + 1, LossesMax);

    private void Forgive(IEnumerable<Progress> peers, int stableTicks)
    {
        for (var i = _losses.Count - 1; i >= 0; i--)
        {
            var name = _losses.GetKeyAtIndex(i);
            var since = long.MaxValue;
            var isMember = false;
            foreach (var progress in peers)
            {
                isMember |= progress.Member.Name == name;
                since = progress.Member.Name == name ? FitSince(progress.Member) ?? since : since;
            }

            if (!isMember || _watchedAt - since >= (long)stableTicks * ForgivenAfter)
            {
                _losses.RemoveAt(i);
            }
        }
    }

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

    /// <param name="Ticks">The ticks without progress.</param>
    /// <param name="Least">The fewest committed entries that it lacked since it fell behind.</param>
    private readonly record struct Lag(long Ticks, long Least);
}

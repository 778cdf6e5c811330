namespace RaftActors.Core;

/// <summary>
/// The first election, until a configuration is in the log: plain Raft among all N processes, with a preference for the best
/// (<see cref="FoundingRank"/>).
/// </summary>
internal sealed class Founding(RaftState state)
{
    /// <summary>The process may vote and could win, and its preloaded pairs contradict those of no present process.</summary>
    private bool CanFound => state.IsAdmitted && !state.IsFenced && HearsMajority(state)
        && !state.Roster.Peers.Any(peer => IsPresent(peer) && IsDisputed(peer));

    /// <summary>
    /// Tells whether enough processes were heard to win by their votes. Without this, ten thousand groups that wait for another node would
    /// ask for votes in vain at each election timeout.
    /// </summary>
    public static bool HearsMajority(RaftState state)
    {
        var heard = 1;
        foreach (var peer in state.Roster.Peers)
        {
            heard += HasGreeted(state, peer) ? 1 : 0;
        }

        return heard >= QuorumSize.MajorityOf(state.Founders.Length);
    }

    /// <summary>
    /// Tells whether the election timer has no effect, because a founder hears no majority. The process need not wake for it. A greeting
    /// restarts the timer.
    /// </summary>
    public static bool IgnoresTimer(RaftState state) =>
        state is { IsFounding: true, Role: FollowerRole { Leader: null } } && !HearsMajority(state);

    /// <summary>
    /// Tells whether this process campaigns when its election timer ends. It need not be the best: while the best is present, the
    /// processes that hear it refuse all others, and where none hears it, nobody should wait for it.
    /// </summary>
    public bool MayCampaignOnTimeout => state.Election.IsFoundingDue && CanFound;

    /// <summary>Tells whether this process should campaign at once, as the best of those that are present.</summary>
    public bool ShouldCampaign()
    {
        if (!state.IsFounding || state.Role is not FollowerRole { Leader: null })
        {
            return false;
        }

        if (!state.Election.IsFoundingDue && (state.Roster.Peers.All(HasGreeted) || state.Now >= state.Options.FoundingTimeoutTicks))
        {
            (state.Election.IsFoundingDue, state.Election.MayFoundAtOnce) = (true, true);
        }

        // A restarted process may have promised its vote before its store received an entry.
        if (!state.Election.MayFoundAtOnce || state.IsBound || !CanFound || state.Roster.Peers.Any(IsBetterAndPresent))
        {
            return false;
        }

        state.Election.MayFoundAtOnce = false;
        return true;
    }

    /// <summary>
    /// Tells whether another process should found the group rather than this candidate. A process that does not reply to greetings does
    /// not count, because it may be heard and hear no other. Nor does this process after its first campaign, because it may hear too few
    /// to win, while the candidate hears all.
    /// </summary>
    public bool ShouldRefuse(FoundingRank candidate) =>
        (CanFound && state.Timer.Campaigns <= 1 && state.Rank.IsBetterThan(candidate))
        || state.Roster.Peers.Any(peer => peer.RepliedAt is { } at
            && state.Now - at < state.Options.ElectionTimeoutMaxTicks
            && IsPresent(peer)
            && peer.Rank.IsBetterThan(candidate));

    /// <summary>
    /// Returns the first configuration, in which the founder and the K-1 best others that are present vote, and the rest learn. Those of a
    /// failure domain with fewer voters come first. Absent processes vote only if K needs them. It is joint with all N, unless K = N.
    /// </summary>
    public Configuration Configuration()
    {
        var peers = state.Roster.Peers.Where(IsPresent).ToList();
        var present = peers.ConvertAll(peer => peer.Rank);
        present.Sort((one, other) => one.IsBetterThan(other) ? -1 : 1);
        List<FoundingRank> met = [state.Rank, .. present];
        var logic = peers.Select(peer => peer.Version.Logic).Append(state.Options.Version.Logic).Min();
        var all = state.Configurations.FoundingRoster.Voters;
        var size = QuorumSize.For(all.Length, state.Options.MaxQuorum);
        var absent = all.Select(member => member.Name).Except(met.Select(rank => rank.Name)).Order();
        var chosen = Spread(present.ConvertAll(rank => rank.Name)).Concat(absent).Take(size).ToHashSet();
        return new Configuration(
            state.Options.FoundingUid,
            size,
            [.. all.Where(member => chosen.Contains(member.Name))],
            chosen.Count == all.Length ? [] : all,
            [.. all.Where(member => !chosen.Contains(member.Name))],
            [.. met.Select(rank => new FoundingSerial(rank.Name, rank.Position.Serial)).OrderBy(one => one.Name)])
        {
            MaxQuorum = state.Options.MaxQuorum,
            Version = GroupVersion.Lowest with { Logic = logic },
        };
    }

    /// <summary>Returns the founder, and then repeatedly the first process of the domain that has come least often.</summary>
    private IEnumerable<ProcessName> Spread(List<ProcessName> bestFirst)
    {
        var counts = new Dictionary<string, int>();
        for (var next = state.Self.Name; ; next = bestFirst.MinBy(name => counts.GetValueOrDefault(state.DomainOf(name))))
        {
            yield return next;
            bestFirst.Remove(next);
            if (bestFirst.Count == 0)
            {
                yield break;
            }

            counts[state.DomainOf(next)] = counts.GetValueOrDefault(state.DomainOf(next)) + 1;
        }
    }

    /// <summary>Why no group is founded. Empty if this process may campaign for it.</summary>
    public IEnumerable<string> Obstacles()
    {
        if (!state.Election.IsFoundingDue || !HearsMajority(state))
        {
            var silent = Explain.Names(state.Roster.Peers.Where(peer => !HasGreeted(peer)).Select(peer => peer.Name).ToList());
            yield return HearsMajority(state)
                ? $"the founding waits for {silent}, at most another {state.Options.FoundingTimeoutTicks - state.Now} ticks"
                : $"the founding waits for a majority: {silent} were not heard";
        }

        if (state.Roster.Peers.FirstOrDefault(peer => IsPresent(peer) && IsDisputed(peer)) is { } disputed)
        {
            yield return $"the preloaded pairs of this process and {disputed.Name} differ, so no group is founded";
        }
        else if (state.Roster.Peers.FirstOrDefault(IsBetterAndPresent) is { } better)
        {
            yield return $"the founding is left to {better.Name}, which has more of the log or the lower name";
        }
    }

    // A process that was heard is greeted again after half of this time, so one or two lost greetings do not matter.
    private static bool HasGreeted(RaftState state, Peer peer) =>
        peer.GreetedAt is { } at && state.Now - at < state.Options.ElectionTimeoutMaxTicks;

    private bool HasGreeted(Peer peer) => HasGreeted(state, peer);

    /// <summary>
    /// The process has greeted with the incarnation that may vote. Another one can neither found the group nor be chosen.
    /// </summary>
    private bool IsPresent(Peer peer) => HasGreeted(peer) && peer.Current == state.HardState.FirstOf(peer.Name);

    private bool IsBetterAndPresent(Peer peer) => IsPresent(peer) && peer.Rank.IsBetterThan(state.Rank);

    private bool IsDisputed(Peer peer) => peer.DivergesAt is not null || Divergences.ContradictsPreload(state.Log, peer);
}

/// <summary>
/// The order of processes in a founding: later last term, then longer log, then lower name. Only the first two are Raft's (§5.4.1). The
/// name is a preference and never a condition, so that every founding ends in the same way.
/// </summary>
internal readonly record struct FoundingRank(LogPosition Position, ProcessName Name)
{
    public bool IsBetterThan(FoundingRank other) =>
        Position.IsAtLeastAsUpToDateAs(other.Position)
        && (!other.Position.IsAtLeastAsUpToDateAs(Position) || Comparer<ProcessName>.Default.Compare(Name, other.Name) < 0);
}

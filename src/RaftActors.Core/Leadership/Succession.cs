namespace RaftActors.Core;

/// <summary>A leader finds by itself that another voter should lead.</summary>
internal sealed class Succession(RaftState state, Transfers transfers, Reconfiguration reconfiguration)
{
    /// <summary>The disk of this process became nearly full, or has room again.</summary>
    /// <remarks>A leader without room hands over once. If the next one has no room either, that one stays.</remarks>
    public void OnDiskSpace(bool isShort)
    {
        var hasBecomeShort = isShort && !state.Durability.IsDiskShort;
        state.Durability.IsDiskShort = isShort;
        if (hasBecomeShort
            && state.Role is LeaderRole leader
            && state.Transfers.Current is null
            && state.IsReady
            && transfers.MostSuitable(leader, _ => true) is { } target)
        {
            transfers.StartAutomatic(target);
        }
    }

    /// <summary>
    /// At each heartbeat: hands over to a voter of higher priority that has kept up for <see cref="CoreOptions.StableTicks"/>. After a
    /// transfer that failed the leader pauses, twice as long each time.
    /// </summary>
    public void OnHeartbeat(LeaderRole leader)
    {
        transfers.TellTarget(leader);
        foreach (var progress in leader.Progresses)
        {
            progress.Watch(transfers.CanTakeOver(progress) && progress.Match >= leader.CommitAtHeartbeat, state.Now);
        }

        leader.CommitAtHeartbeat = state.CommitIndex;
        if (state.Transfers.Current is not null
            || !state.IsReady
            || state.Configuration.IsJoint
            || state.Now < state.Transfers.PausedUntil)
        {
            return;
        }

        bool IsPreferred(Progress progress) =>
            progress.Priority > state.Options.Priority && state.Now - progress.KeepsUpSince >= state.Options.StableTicks;
        if (transfers.MostSuitable(leader, IsPreferred) is { } target)
        {
            transfers.StartAutomatic(target);
        }
    }

    /// <summary>
    /// Whether the leader must step down because its disk makes no progress: while it leads, its own writes delay the group, and no other
    /// process may lead. Tells a voter that has all committed entries to campaign.
    /// </summary>
    public bool StepsDownForStalledDisk(LeaderRole leader)
    {
        if (!state.Durability.IsStalled
            || leader.Progresses.All(progress => !state.Configuration.IsVoter(progress.Member)))
        {
            return false;
        }

        if (transfers.MostSuitable(leader, progress => progress.Match >= state.CommitIndex) is { } target)
        {
            transfers.TellToCampaign(leader, target);
        }

        return true;
    }

    /// <summary>
    /// Whether the leader must step down because the configuration in force does not count it. It leads until that configuration and an
    /// entry of its own are committed (§6), then tells the voter with the longest log to campaign (thesis §4.2.2).
    /// </summary>
    public bool StepsDownAfterRemoval()
    {
        if (state.Role is not LeaderRole leader
            || !reconfiguration.IsAllowed
            || state.Configuration.IsJoint
            || state.Configuration.Voters.Contains(state.Self))
        {
            return false;
        }

        Progress? heir = null;
        foreach (var voter in state.Configuration.Voters)
        {
            if (leader.Of(voter) is { IsAdmitted: true } progress
                && state.IsResponsive(progress)
                && (heir is null || progress.Match > heir.Match))
            {
                heir = progress;
            }
        }

        if (heir is not null)
        {
            state.Send(heir.Member, Message.TimeoutNow.Instance);
        }

        return true;
    }
}

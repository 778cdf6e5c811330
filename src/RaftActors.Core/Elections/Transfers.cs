namespace RaftActors.Core;

/// <summary>
/// Transfers the leadership (thesis §3.10), on request, or because the leader itself finds that another voter should lead. That one has a
/// higher priority, or this leader is held, or has no disk space, a stalled disk or no vote.
/// </summary>
internal sealed class Transfers(RaftState state, Membership membership)
{
    /// <summary>
    /// Begins a requested transfer. A repeat of the same request changes nothing. Another request ends the present transfer as timed out,
    /// although its target may still become the leader.
    /// </summary>
    public void OnTransfer(ProcessName? named)
    {
        if (state.Role is not LeaderRole leader)
        {
            state.Effects.Add(new Effect.TransferEnded(named, FailureReason.NoLeader));
            return;
        }

        if (state.Transfers.Current is { IsAutomatic: false } underWay && underWay.Named == named)
        {
            return;
        }

        End(FailureReason.Unavailable);
        if (named == state.Self.Name)
        {
            state.Effects.Add(new Effect.TransferEnded(named, null));
        }
        else if (TargetOf(leader, named) is { } target)
        {
            state.Transfers.Current = new Transfer(named, target.Member.Name, IsAutomatic: false, state.Now);
        }
        else
        {
            state.Effects.Add(new Effect.TransferEnded(named, FailureReason.Invalid));
        }
    }

    /// <summary>Returns the target. A voter that the request names is tried even if it does not answer just now.</summary>
    private Progress? TargetOf(LeaderRole leader, ProcessName? named) => named is { } name
        ? leader.Progresses.FirstOrDefault(progress =>
            progress.Member.Name == name && state.Configuration.Voters.Contains(progress.Member))
        : MostSuitable(leader, _ => true);

    private void StartAutomatic(Progress target) =>
        state.Transfers.Current = new Transfer(target.Member.Name, target.Member.Name, IsAutomatic: true, state.Now);

    /// <summary>Tells the target to campaign as soon as it has all of this leader's log.</summary>
    public void Advance()
    {
        if (state.Transfers.Current is { IsTold: false } && state.Role is LeaderRole leader)
        {
            TellTarget(leader);
        }
    }

    /// <summary>
    /// Tells the target to campaign if it has all of this leader's log. Repeated at each heartbeat, because a message may be lost.
    /// </summary>
    private void TellTarget(LeaderRole leader)
    {
        foreach (var progress in leader.Progresses)
        {
            if (state.Transfers.Current is { } transfer
                && progress.Member.Name == transfer.Target
                && progress.Match == state.Log.Last)
            {
                transfer.IsTold = true;
                TellToCampaign(leader, progress);
            }
        }
    }

    /// <summary>
    /// Tells a voter to campaign. Gives up the lease for the rest of the term, because no voter keeps its promise against the target.
    /// </summary>
    private void TellToCampaign(LeaderRole leader, Progress progress)
    {
        leader.Lease.GiveUp();
        state.Send(progress.Member, Message.TimeoutNow.Instance);
    }

    public void OnTick()
    {
        if (state.Transfers.Current is { } transfer && state.Now - transfer.StartedAt >= state.Options.TransferTimeoutTicks)
        {
            End(state.Role is LeaderRole ? FailureReason.Unavailable : FailureReason.NoLeader);
        }
    }

    /// <summary>Ends the transfer, because the leader is known now.</summary>
    public void EndWith(Member leader) => End(
        leader == state.Self ? FailureReason.Unavailable
        : leader.Name == state.Transfers.Current?.Target ? null
        : FailureReason.NoLeader);

    public void End(FailureReason? failure)
    {
        if (state.Transfers.Current is not { } transfer)
        {
            return;
        }

        state.Transfers.Current = null;
        if (transfer.IsAutomatic)
        {
            state.Transfers.BackOff(failure, state.Options, state.Now);
        }
        else
        {
            state.Effects.Add(new Effect.TransferEnded(transfer.Named, failure));
        }
    }

    /// <summary>
    /// At each heartbeat, transfers the leadership to a voter of higher priority that has kept up for <see
    /// cref="CoreOptions.StableTicks"/>. After a failed transfer the leader pauses, twice as long each time.
    /// </summary>
    public void OnHeartbeat(LeaderRole leader)
    {
        TellTarget(leader);
        foreach (var progress in leader.Progresses)
        {
            progress.Watch(CanTakeOver(progress) && progress.Match >= leader.CommitAtHeartbeat, state.Now);
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
            progress.Priority > state.Priority && state.Now - progress.KeepsUpSince >= state.Options.StableTicks;
        if (MostSuitable(leader, IsPreferred) is { } target)
        {
            StartAutomatic(target);
        }
    }

    /// <summary>
    /// Notes that the disk of this process became nearly full, or has room again. A leader without room transfers its leadership once. If
    /// the next one has no room either, it stays.
    /// </summary>
    public void OnDiskSpace(bool isShort)
    {
        var hasBecomeShort = isShort && !state.Durability.IsDiskShort;
        state.Durability.IsDiskShort = isShort;
        if (hasBecomeShort
            && state.Role is LeaderRole leader
            && state.Transfers.Current is null
            && state.IsReady
            && MostSuitable(leader, _ => true) is { } target)
        {
            StartAutomatic(target);
        }
    }

    /// <summary>
    /// Tells whether the leader must step down because its disk makes no progress. While it leads, its own writes delay the group, and no
    /// other process may lead. Tells a voter that has all committed entries to campaign.
    /// </summary>
    public bool StepsDownForStalledDisk(LeaderRole leader)
    {
        if (!state.Durability.IsStalled
            || leader.Progresses.All(progress => !state.Configuration.IsVoter(progress.Member)))
        {
            return false;
        }

        if (MostSuitable(leader, progress => progress.Match >= state.CommitIndex) is { } target)
        {
            TellToCampaign(leader, target);
        }

        return true;
    }

    /// <summary>
    /// Tells whether the leader must step down because the configuration in force does not count it. It leads until that configuration and
    /// an entry of its own term are committed (§6), then tells the voter with the longest log to campaign (thesis §4.2.2).
    /// </summary>
    public bool StepsDownAfterRemoval()
    {
        if (state.Role is not LeaderRole leader
            || !membership.IsChangeAllowed
            || state.Configuration.IsJoint
            || state.Configuration.Voters.Contains(state.Self))
        {
            return false;
        }

        var heir = state.Configuration.Voters.Select(leader.Of).OfType<Progress>()
            .Where(voter => voter.IsAdmitted && state.IsResponsive(voter)).MaxBy(voter => voter.Match);
        if (heir is not null)
        {
            state.Send(heir.Member, Message.TimeoutNow.Instance);
        }

        return true;
    }

    /// <summary>Returns the best voter that can take over, by highest priority, then longest log, then lowest name, or null.</summary>
    private Progress? MostSuitable(LeaderRole leader, Predicate<Progress> isFit)
    {
        var best = default(Progress);
        foreach (var progress in leader.Progresses)
        {
            if (CanTakeOver(progress) && isFit(progress))
            {
                var isBetter = best is null || (progress.Priority, progress.Match).CompareTo((best.Priority, best.Match)) > 0;
                best = isBetter ? progress : best;
            }
        }

        return best;
    }

    /// <summary>The process votes, is counted, accepts this leader's log, and answers.</summary>
    private bool CanTakeOver(Progress progress) =>
        state.Configuration.Voters.Contains(progress.Member)
        && progress.IsAdmitted
        && progress.State != ProgressState.Refused
        && !state.IsReplaced(progress.Member)
        && state.IsResponsive(progress);
}

/// <summary>The present transfer of leadership, and the pause after failed ones.</summary>
internal sealed class TransferState
{
    /// <summary>The transfer that has not ended, or null. It outlasts the role, until the next leader is known.</summary>
    public Transfer? Current { get; set; }

    /// <summary>The failures in a row of transfers that this process began by itself.</summary>
    public int Failures { get; private set; }

    /// <summary>Until this tick, the leader begins no transfer by itself.</summary>
    public long PausedUntil { get; private set; }

    /// <summary>Doubles the pause after each failure, up to 64 times. A success ends it.</summary>
    public void BackOff(FailureReason? failure, CoreOptions options, long now)
    {
        var pause = (long)(options.StableTicks + options.TransferTimeoutTicks) << Math.Min(Failures, 6);
        (Failures, PausedUntil) = failure is null ? (0, 0) : (Failures + 1, now + pause);
    }
}

/// <summary>A transfer of leadership that has not ended (thesis §3.10).</summary>
/// <param name="Named">The voter that the request named, or null for the most suitable one.</param>
/// <param name="Target">The voter that is to lead.</param>
/// <param name="IsAutomatic">This process began it by itself, so no caller is told its outcome.</param>
/// <param name="StartedAt">The tick at which it began.</param>
internal sealed record Transfer(ProcessName? Named, ProcessName Target, bool IsAutomatic, long StartedAt)
{
    /// <summary>The target was told to campaign.</summary>
    public bool IsTold { get; set; }
}

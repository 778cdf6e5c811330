namespace RaftActors.Core;

/// <summary>
/// Hands the leadership over (thesis §3.10): on request, or because the leader itself finds that another voter should lead. That one has
/// a higher priority, or this leader is held, or has no disk space, a stalled disk or no vote.
/// </summary>
internal sealed class Transfers(RaftState state, Membership membership)
{
    /// <summary>
    /// A caller asks for a transfer. The same request again changes nothing; another one ends the transfer under way as timed out, though
    /// its target may still come to lead.
    /// </summary>
    public void OnTransfer(ProcessName? named)
    {
        if (state.Role is not LeaderRole leader)
        {
            state.Effects.Add(new Effect.TransferEnded(named, TransferOutcome.NotLeader));
            return;
        }

        if (state.Transfers.Current is { IsAutomatic: false } underWay && underWay.Named == named)
        {
            return;
        }

        End(TransferOutcome.TimedOut);
        if (named == state.Self.Name)
        {
            state.Effects.Add(new Effect.TransferEnded(named, TransferOutcome.Done));
        }
        else if (TargetOf(leader, named) is { } target)
        {
            state.Transfers.Current = new Transfer(named, target.Member.Name, isAutomatic: false, state.Now);
        }
        else
        {
            state.Effects.Add(new Effect.TransferEnded(named, TransferOutcome.NoSuchVoter));
        }
    }

    /// <summary>A voter that the request names is tried even if it does not answer just now.</summary>
    private Progress? TargetOf(LeaderRole leader, ProcessName? named) => named is { } name
        ? leader.Progresses.FirstOrDefault(progress =>
            progress.Member.Name == name && state.Configuration.Voters.Contains(progress.Member))
        : MostSuitable(leader, _ => true);

    /// <summary>Begins a transfer that no caller asked for.</summary>
    private void StartAutomatic(Progress target) =>
        state.Transfers.Current = new Transfer(target.Member.Name, target.Member.Name, isAutomatic: true, state.Now);

    /// <summary>Tells the target to campaign as soon as it has all of this leader's log.</summary>
    public void Advance()
    {
        if (state.Transfers.Current is { IsTold: false } && state.Role is LeaderRole leader)
        {
            TellTarget(leader);
        }
    }

    /// <summary>
    /// Tells the target to campaign if it has all of this leader's log; again at each heartbeat, since a message may be lost.
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
    /// Tells a voter to campaign. Gives up the lease for the rest of the term: no voter holds to it against the target.
    /// </summary>
    private void TellToCampaign(LeaderRole leader, Progress progress)
    {
        leader.Lease.GiveUp();
        state.Send(progress.Member, Message.TimeoutNow.Instance);
    }

    /// <summary>Ends the transfer when its time is up.</summary>
    public void OnTick()
    {
        if (state.Transfers.Current is { } transfer && state.Now - transfer.StartedAt >= state.Options.TransferTimeoutTicks)
        {
            End(state.Role is LeaderRole ? TransferOutcome.TimedOut : TransferOutcome.NotLeader);
        }
    }

    /// <summary>Ends the transfer, since the leader is known now.</summary>
    public void EndWith(Member leader) => End(
        leader == state.Self ? TransferOutcome.TimedOut
        : leader.Name == state.Transfers.Current?.Target ? TransferOutcome.Done
        : TransferOutcome.NotLeader);

    /// <summary>Ends the transfer under way, if there is one.</summary>
    public void End(TransferOutcome outcome)
    {
        if (state.Transfers.Current is not { } transfer)
        {
            return;
        }

        state.Transfers.Current = null;
        if (transfer.IsAutomatic)
        {
            state.Transfers.BackOff(outcome, state.Options, state.Now);
        }
        else
        {
            state.Effects.Add(new Effect.TransferEnded(transfer.Named, outcome));
        }
    }

    /// <summary>
    /// At each heartbeat: hands over to a voter of higher priority that has kept up for <see cref="CoreOptions.StableTicks"/>. After a
    /// transfer that failed the leader pauses, twice as long each time.
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
            && MostSuitable(leader, _ => true) is { } target)
        {
            StartAutomatic(target);
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

        if (MostSuitable(leader, progress => progress.Match >= state.CommitIndex) is { } target)
        {
            TellToCampaign(leader, target);
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
            || !membership.IsChangeAllowed
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

    /// <summary>
    /// The best voter that can take over: highest priority, then longest log, then lowest name; null if there is none.
    /// </summary>
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

    /// <summary>It votes, is counted, accepts this leader's log, and answers.</summary>
    private bool CanTakeOver(Progress progress) =>
        state.Configuration.Voters.Contains(progress.Member)
        && progress.IsAdmitted
        && progress.State != ProgressState.Refused
        && !state.IsReplaced(progress.Member)
        && state.IsResponsive(progress);
}

/// <summary>The transfer of leadership that is under way, and the pause after transfers that failed.</summary>
internal sealed class TransferState
{
    /// <summary>The transfer that has not ended; null if there is none. It outlives the role, until the next leader is known.</summary>
    public Transfer? Current { get; set; }

    /// <summary>Failures in a row of transfers that this process began by itself.</summary>
    public int Failures { get; private set; }

    /// <summary>Before this tick the leader begins no transfer by itself.</summary>
    public long PausedUntil { get; private set; }

    /// <summary>Doubles the pause after each failure, up to 64 times; a success ends it.</summary>
    public void BackOff(TransferOutcome outcome, CoreOptions options, long now)
    {
        var pause = (long)(options.StableTicks + options.TransferTimeoutTicks) << Math.Min(Failures, 6);
        (Failures, PausedUntil) = outcome == TransferOutcome.Done ? (0, 0) : (Failures + 1, now + pause);
    }
}

/// <summary>A transfer of leadership that has not ended (thesis §3.10).</summary>
/// <param name="named">The voter that the request named; null for the most suitable one.</param>
/// <param name="target">The voter that is to lead.</param>
/// <param name="isAutomatic">This process began it by itself, so no caller is told how it ends.</param>
/// <param name="startedAt">The tick at which it began.</param>
internal sealed class Transfer(ProcessName? named, ProcessName target, bool isAutomatic, long startedAt)
{
    /// <summary>The voter that the request named; null for the most suitable one.</summary>
    public ProcessName? Named => named;

    /// <summary>The voter that is to lead.</summary>
    public ProcessName Target => target;

    /// <summary>This process began it by itself, so no caller is told how it ends.</summary>
    public bool IsAutomatic => isAutomatic;

    /// <summary>The tick at which it began.</summary>
    public long StartedAt => startedAt;

    /// <summary>The target was told to campaign.</summary>
    public bool IsTold { get; set; }
}

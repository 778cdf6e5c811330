namespace RaftActors.Core;

/// <summary>Hands the leadership over on request (thesis §3.10).</summary>
internal sealed class Transfers(RaftState state)
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

    /// <summary>Begins a transfer that no caller asked for.</summary>
    public void StartAutomatic(Progress target) =>
        state.Transfers.Current = new Transfer(target.Member.Name, target.Member.Name, isAutomatic: true, state.Now);

    /// <summary>Tells the target to campaign as soon as it has all of this leader's log.</summary>
    public void Settle()
    {
        if (state.Transfers.Current is { IsTold: false } && state.Role is LeaderRole leader)
        {
            TellTarget(leader);
        }
    }

    /// <summary>
    /// Tells the target to campaign if it has all of this leader's log; again at each heartbeat, since a message may be lost.
    /// </summary>
    public void TellTarget(LeaderRole leader)
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
    public void TellToCampaign(LeaderRole leader, Progress progress)
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
    /// The best voter that can take over: highest priority, then longest log, then lowest name; null if there is none.
    /// </summary>
    public Progress? MostSuitable(LeaderRole leader, Predicate<Progress> isFit)
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
    public bool CanTakeOver(Progress progress) =>
        state.Configuration.Voters.Contains(progress.Member)
        && progress.IsAdmitted
        && progress.State != ProgressState.Refused
        && !state.IsReplaced(progress.Member)
        && state.IsResponsive(progress);

    /// <summary>A voter that the request names is tried even if it does not answer just now.</summary>
    private Progress? TargetOf(LeaderRole leader, ProcessName? named) => named is { } name
        ? leader.Progresses.FirstOrDefault(progress =>
            progress.Member.Name == name && state.Configuration.Voters.Contains(progress.Member))
        : MostSuitable(leader, _ => true);
}

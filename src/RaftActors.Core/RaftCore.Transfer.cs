namespace RaftActors.Core;

/// <content>The leadership is handed over (thesis §3.10).</content>
public sealed partial class RaftCore
{
    private Transfer? _transfer;

    /// <summary>The leadership is being handed over, so nothing is proposed: the target could not catch up with a log that grows.</summary>
    public bool IsTransferring => _role is LeaderRole && _transfer is not null;

    /// <summary>
    /// A transfer that is under way goes on if the same is asked for again. It gives way to any other one, to ourselves too, and counts as
    /// timed out then. Its target may take over all the same, if it was told already.
    /// </summary>
    private void OnTransfer(ProcessName? named)
    {
        if (_role is not LeaderRole leader)
        {
            _effects.Add(new Effect.TransferEnded(named, TransferOutcome.NotLeader));
            return;
        }

        if (_transfer is { IsOwnIdea: false } underWay && underWay.Named == named)
        {
            return;
        }

        EndTransfer(TransferOutcome.TimedOut);
        if (named == Self.Name)
        {
            _effects.Add(new Effect.TransferEnded(named, TransferOutcome.Done));
        }
        else if (TargetOf(leader, named) is { } target)
        {
            _transfer = new Transfer(named, target.Member.Name, isOwnIdea: false, _now);
        }
        else
        {
            _effects.Add(new Effect.TransferEnded(named, TransferOutcome.NoSuchVoter));
        }
    }

    /// <summary>Who was named is tried even if it has not been heard for a while.</summary>
    private Progress? TargetOf(LeaderRole leader, ProcessName? named) => named is { } name
        ? leader.Peers.FirstOrDefault(progress => progress.Member.Name == name && Configuration.Voters.Contains(progress.Member))
        : MostSuitable(leader, _ => true);

    /// <summary>
    /// Once the target has all that we have, it is told to campaign; again with each heartbeat, since the message may be lost. From then on
    /// there is no lease in this term: nobody holds to a promise against the target.
    /// </summary>
    private void TellTarget(LeaderRole leader)
    {
        foreach (var progress in leader.Peers)
        {
            if (_transfer is { } transfer && progress.Member.Name == transfer.Target && progress.Match == _log.Last)
            {
                transfer.IsTold = true;
                TellToCampaign(leader, progress);
            }
        }
    }

    private void TellTargetOnce()
    {
        if (_transfer is { IsTold: false } && _role is LeaderRole leader)
        {
            TellTarget(leader);
        }
    }

    private void TellToCampaign(LeaderRole leader, Progress progress)
    {
        leader.Lease.GiveUp();
        Send(progress.Member, Message.TimeoutNow.Instance);
    }

    /// <summary>
    /// Only a word of the leader of our own term counts: one that comes late, when another election was held, means nothing any more. We
    /// campaign without asking first, as the only one who was told to.
    /// </summary>
    private void OnTimeoutNow(Envelope envelope)
    {
        if (envelope.Term == Term && envelope.From == Leader && MayAsk)
        {
            StartElection(isTransfer: true);
        }
    }

    private void EndTransferOnTick()
    {
        if (_transfer is { } transfer && _now - transfer.StartedAt >= Options.TransferTimeoutTicks)
        {
            EndTransfer(_role is LeaderRole ? TransferOutcome.TimedOut : TransferOutcome.NotLeader);
        }
    }

    /// <summary>It is known who leads now.</summary>
    private void EndTransferTo(Member leader) => EndTransfer(
        leader == Self ? TransferOutcome.TimedOut
        : leader.Name == _transfer?.Target ? TransferOutcome.Done
        : TransferOutcome.NotLeader);

    private void EndTransfer(TransferOutcome outcome)
    {
        if (_transfer is not { } transfer)
        {
            return;
        }

        _transfer = null;
        if (!transfer.IsOwnIdea)
        {
            _effects.Add(new Effect.TransferEnded(transfer.Named, outcome));
        }
        else
        {
            Rest(outcome);
        }
    }
}

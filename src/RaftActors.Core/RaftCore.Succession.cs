namespace RaftActors.Core;

/// <content>A leader finds by itself that another should lead, and which one.</content>
public sealed partial class RaftCore
{
    /// <summary>After how many tries in a row, and until which tick, the leader hands over to nobody by itself.</summary>
    private (int Tries, long Until) _rest;

    /// <summary>
    /// At the pace of heartbeats: a voter of higher priority leads rather than we, once it has been heard and has kept up for long enough.
    /// A preference and no more; after one that failed the leader leaves it alone for a while, twice as long each time.
    /// </summary>
    private void ConsiderPriority(LeaderRole leader)
    {
        foreach (var progress in leader.Peers)
        {
            progress.Watch(CanTakeOver(progress) && progress.Match >= leader.CommitAtHeartbeat, _now);
        }

        leader.CommitAtHeartbeat = CommitIndex;
        if (_transfer is null && IsReady && !Configuration.IsJoint && _now >= _rest.Until)
        {
            bool IsPreferred(Progress progress) =>
                progress.Priority > Options.Priority && _now - progress.KeepsUpSince >= Options.StableTicks;
            if (MostSuitable(leader, IsPreferred) is { } target)
            {
                _transfer = new Transfer(target.Member.Name, target.Member.Name, isOwnIdea: true, _now);
            }
        }
    }

    private void Rest(TransferOutcome outcome)
    {
        var rest = (long)(Options.StableTicks + Options.TransferTimeoutTicks) << Math.Min(_rest.Tries, 6);
        _rest = outcome == TransferOutcome.Done ? default : (_rest.Tries + 1, _now + rest);
    }

    /// <summary>
    /// A leader whose disk does not get on holds everybody up, since its own disk is one of those that count and nobody else may lead. It
    /// makes room, and tells one who has what is committed to take over. True if it did.
    /// </summary>
    private bool MakesRoomForStalledDisk(LeaderRole leader)
    {
        if (!IsDiskStalled || leader.Peers.All(progress => !Configuration.IsVoter(progress.Member)))
        {
            return false;
        }

        if (MostSuitable(leader, progress => progress.Match >= CommitIndex) is { } target)
        {
            TellToCampaign(leader, target);
        }

        Follow(Term, null);
        return true;
    }

    /// <summary>The highest priority, then the longest log, then the lowest name; null if there is none.</summary>
    private Progress? MostSuitable(LeaderRole leader, Predicate<Progress> isFit)
    {
        var best = default(Progress);
        foreach (var progress in leader.Peers)
        {
            if (CanTakeOver(progress) && isFit(progress))
            {
                var isBetter = best is null || (progress.Priority, progress.Match).CompareTo((best.Priority, best.Match)) > 0;
                best = isBetter ? progress : best;
            }
        }

        return best;
    }

    private bool CanTakeOver(Progress progress) =>
        Configuration.Voters.Contains(progress.Member)
        && progress.IsAdmitted
        && progress.State != ProgressState.Refused
        && !IsReplaced(progress.Member)
        && _now - progress.HeardAt < Options.ElectionTimeoutMinTicks;
}

namespace RaftActors.Core;

/// <content>Those who lead though they do not vote, or not for long, and those who are removed.</content>
public sealed partial class RaftCore
{
    /// <summary>Under which configuration, and when, somebody told us that we are not in the group any more.</summary>
    private (LogIndex Under, long At)? _toldRemoved;

    /// <summary>
    /// Who told us has committed a configuration without us, or would have judged our request; so under the one we know we ask for no
    /// votes. Asked again after a while, since the word may have been late and meant an earlier removal.
    /// </summary>
    private bool IsToldRemoved =>
        _toldRemoved is { } told && told.Under == _configurations.LatestIndex && _now - told.At < Options.GoneTicks;

    /// <summary>
    /// It votes, or did under the configuration that the latest one takes the place of. As long as the latest may not be committed, those
    /// who vote under it may lack it, and so have a log that is behind: then only a process that it removes can lead, commit it without
    /// counting itself, and hand over (thesis §4.2.2, Figure 4.6). So it is with a follower that has more of the log than one who counts on
    /// its vote: what it has came from a leader that is gone, and nobody gets past it.
    /// </summary>
    private bool IsNeededAsLeader =>
        Configuration.IsVoter(Self)
        || (CommitIndex < _configurations.LatestIndex && _configurations.BeforeLatest?.IsVoter(Self) == true)
        || _now - _stoodInTheWayAt < 2L * Options.ElectionTimeoutMaxTicks;

    private void OnToldRemoved()
    {
        _toldRemoved = (_configurations.LatestIndex, _now);
        if (_role is PreCandidateRole or CandidateRole)
        {
            Follow(Term, null);
        }
    }

    /// <summary>
    /// At the end of a step. A leader that the configuration does not count leads until that and an entry of its own are committed, and no
    /// longer (§6). It hands over to the voter that has most of the log, so that nobody waits for an election timeout (thesis §4.2.2,
    /// §3.10).
    /// </summary>
    private void ConsiderHandingOver()
    {
        if (_role is not LeaderRole leader
            || !MayReconfigure
            || Configuration.IsJoint
            || Configuration.Voters.Contains(Self))
        {
            return;
        }

        Progress? heir = null;
        foreach (var voter in Configuration.Voters)
        {
            if (leader.Of(voter) is { IsAdmitted: true } progress && IsHeard(progress) && (heir is null || progress.Match > heir.Match))
            {
                heir = progress;
            }
        }

        if (heir is not null)
        {
            Send(heir.Member, Message.TimeoutNow.Instance);
        }

        Follow(Term, null);
    }

    /// <summary>
    /// Who was removed is replicated to until it has answered after the commit of its removal, or an election timeout has passed: so it
    /// normally knows from its own log that it is out, and does not go on to ask for votes (thesis §4.2.3).
    /// </summary>
    private void EndFarewells(LeaderRole leader)
    {
        foreach (var farewell in leader.Farewells())
        {
            if (CommitIndex < farewell.RemovedAt)
            {
                continue;
            }

            farewell.CommittedAt ??= _now;
            var since = _now - farewell.CommittedAt.Value;
            var hasHeard = farewell.Progress.Match >= farewell.RemovedAt
                && farewell.Progress.HeardAt - farewell.CommittedAt.Value >= Options.HeartbeatTicks;
            if (hasHeard || since >= Options.ElectionTimeoutMaxTicks)
            {
                leader.Forget(farewell.Progress.Member);
            }
        }
    }

    /// <summary>Whether somebody whom this leader replicates to answers it now.</summary>
    private bool IsHeard(Progress progress) => _now - progress.HeardAt < Options.ElectionTimeoutMinTicks;
}

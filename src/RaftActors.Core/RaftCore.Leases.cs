namespace RaftActors.Core;

/// <content>Leases (thesis §6.4.1): what voters promise, and what the leader makes of it.</content>
public sealed partial class RaftCore
{
    /// <summary>
    /// Where there are leases, not to vote against a leader that was heard is a promise (thesis §6.4.1): whatever became of this process's
    /// role, and of its memory, it lasts for the shortest election timeout. The leader itself can lift it, by a transfer.
    /// </summary>
    private bool IsBound => Options.Lease is not null && _now < _stickyUntil;

    /// <summary>
    /// What was promised before this start is forgotten, so it is taken for promised just now. In term 0 nobody was ever heard.
    /// </summary>
    private void RenewPromise() => _stickyUntil = Options.Lease is not null && Term > Term.Zero ? Options.ElectionTimeoutMinTicks : 0;

    /// <summary>What was refused for the promise's sake may be granted now.</summary>
    private void EndPromiseOnTick()
    {
        if (Options.Lease is not null && _now == _stickyUntil)
        {
            JudgeKeptRequests();
        }
    }

    /// <summary>With leases, each heartbeat that finds the round before answered begins a new one.</summary>
    private void RenewLease(LeaderRole leader)
    {
        if (Options.Lease is not null && IsReady && !leader.Rounds.IsUnderWay)
        {
            leader.Rounds.Start(CommitIndex, _clock);
        }
    }

    /// <summary>The latest round is confirmed: whoever answered it has promised, some time after it began.</summary>
    private void TakePromise(LeaderRole leader)
    {
        if (Options.Lease is { } lease)
        {
            leader.Lease.Renew(EndOfPromise(leader.Rounds.StartedAt, lease));
        }
    }

    /// <summary>
    /// Voters count their promise in whole ticks from some time after the round began, and the first tick may come at once. Their ticks may
    /// be late and never early, but their clocks faster than ours.
    /// </summary>
    private Instant EndOfPromise(Instant start, LeaseOptions lease) => new(
        start.Microseconds + ((Options.ElectionTimeoutMinTicks - 1) * lease.TickMicroseconds * (100 - lease.MaxDriftPercent) / 100));
}

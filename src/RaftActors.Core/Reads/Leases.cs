namespace RaftActors.Core;

/// <summary>Leases (thesis §6.4.1): what the leader makes of the promises of its voters. The promise itself is stickiness.</summary>
internal sealed class Leases(RaftState state)
{
    /// <summary>At each heartbeat: begins a new round if the one before was confirmed.</summary>
    public void Renew(LeaderRole leader)
    {
        if (state.Options.Lease is not null && state.IsReady && !leader.Rounds.IsUnderWay)
        {
            leader.Rounds.Start(state.CommitIndex, state.Clock.Instant);
        }
    }

    /// <summary>Extends the lease: the voters that confirmed the round made their promise after it began.</summary>
    public void Extend(LeaderRole leader)
    {
        if (state.Options.Lease is { } lease)
        {
            Invariant.That(leader.Rounds.StartedAt <= state.Clock.Instant, "a round begins before it is confirmed");
            leader.Lease.Renew(EndOfPromise(leader.Rounds.StartedAt, lease));
        }
    }

    /// <summary>
    /// Voters count the promise in whole ticks, and the first tick may come at once. No other tick is early, even if ticks were late: a
    /// voter counts all ticks that are over before it takes the message for which it promises (<see cref="Input.Tick"/>). But its clock
    /// may run faster than the leader's.
    /// </summary>
    private Instant EndOfPromise(Instant start, LeaseOptions lease) => new(
        start.Microseconds
            + ((state.Options.ElectionTimeoutMinTicks - 1) * lease.TickMicroseconds * (100 - lease.MaxDriftPercent) / 100));
}

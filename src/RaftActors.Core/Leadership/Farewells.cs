namespace RaftActors.Core;

/// <summary>
/// Replicates to removed members a little longer. So they normally learn from their own log that they are removed, and campaign no more
/// (thesis §4.2.3).
/// </summary>
internal sealed class Farewells(RaftState state)
{
    /// <summary>
    /// Ends a farewell when the member has answered after the removal was committed, or when an election timeout has passed.
    /// </summary>
    public void OnHeartbeat(LeaderRole leader)
    {
        foreach (var farewell in leader.Farewells())
        {
            if (state.CommitIndex < farewell.RemovedAt)
            {
                continue;
            }

            farewell.CommittedAt ??= state.Now;
            var committedAt = farewell.CommittedAt.Value;
            var hasLearnt = farewell.Progress.Match >= farewell.RemovedAt
                && farewell.Progress.RepliedAt - committedAt >= state.Options.HeartbeatTicks;
            if (hasLearnt || state.Now - committedAt >= state.Options.ElectionTimeoutMaxTicks)
            {
                leader.Forget(farewell.Progress.Member);
            }
        }
    }
}

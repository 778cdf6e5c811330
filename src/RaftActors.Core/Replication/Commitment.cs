using System.Collections.Immutable;

namespace RaftActors.Core;

/// <summary>Advances the commit index, and delivers committed entries to the application.</summary>
internal sealed class Commitment(RaftState state)
{
    /// <summary>
    /// A leader commits an entry of its own term that a majority has on disk; its own disk counts like the others. An older entry on a
    /// majority can still be overwritten (§5.4.2, Figure 8), and is committed with a later one.
    /// </summary>
    public void Advance()
    {
        if (state.Role is not LeaderRole leader || state.CommitIndex == state.Log.Last)
        {
            return;
        }

        var reached = Majority.Reached(
            OnDisksOf(leader.Voters, stackalloc LogIndex[leader.Voters.Length]),
            OnDisksOf(leader.OldVoters, stackalloc LogIndex[leader.OldVoters.Length]));
        if (reached > state.CommitIndex && state.Log.TermAt(reached) == state.Term)
        {
            AdvanceTo(reached);
        }
    }

    /// <summary>Commits the entries up to an index of the log; an index at or below the commit index changes nothing.</summary>
    public void AdvanceTo(LogIndex index)
    {
        if (index <= state.CommitIndex)
        {
            return;
        }

        Invariant.That(state.Role is LeaderRole or FollowerRole { Leader: not null }, "commits come from the leader of the term");
        var leader = state.Role as LeaderRole;
        foreach (var entry in state.Log.From(state.CommitIndex.Next, (int)(index.Value - state.CommitIndex.Value)))
        {
            state.Sessions.Add(entry);
            state.Keys.Add(entry);
            leader?.Open.Commit(entry);
            AwaitNotice(leader, entry);
        }

        Set(index);
    }

    /// <summary>
    /// Sets the commit index. A committed configuration tells this process its group, and admits the incarnation that it holds: no other
    /// incarnation can be counted in its place.
    /// </summary>
    public void Set(LogIndex index)
    {
        state.CommitIndex = index;
        if (state.CommittedConfiguration is not { } configuration)
        {
            return;
        }

        var isAdmitted = state.IsAdmitted || configuration.Holds(state.Self);
        if (state.HardState.Group == GroupUid.None || isAdmitted != state.IsAdmitted)
        {
            state.Durability.SetHardState(state.HardState with { Group = configuration.Group, IsAdmitted = isAdmitted });
        }
    }

    /// <summary>
    /// Delivers committed entries, the preloaded ones only when a configuration is committed: a snapshot of them needs one. While the disk
    /// may still hold entries that were overwritten, only durable entries are delivered. A snapshot of the others could become durable
    /// first, and would contradict the log after a crash.
    /// </summary>
    public void Deliver()
    {
        var log = state.Log;
        var end = log.IsOverwriting && log.Durable < state.CommitIndex ? log.Durable : state.CommitIndex;
        if (state.Delivered < end && state.Configurations.LatestUpTo(end) is not null)
        {
            state.Effects.Add(new Effect.Commit(log.From(state.Delivered.Next, (int)(end.Value - state.Delivered.Value))));
            state.Delivered = end;
        }
    }

    /// <summary>The process that made a proposal waits for its commit, and all processes wait for that of a configuration.</summary>
    private static void AwaitNotice(LeaderRole? leader, LogEntry entry)
    {
        if (leader is null)
        {
            return;
        }

        if (entry.Request is { } request)
        {
            leader.Of(request.Origin)?.Notices.Await(entry.Index);
        }
        else if (entry.Configuration is not null)
        {
            foreach (var progress in leader.Progresses)
            {
                progress.Notices.Await(entry.Index);
            }
        }
    }

    /// <summary>The index up to which each voter has the log on disk; 0 for a voter that is not counted.</summary>
    private Span<LogIndex> OnDisksOf(ImmutableArray<LeaderRole.Seat> voters, Span<LogIndex> indices)
    {
        for (var i = 0; i < voters.Length; i++)
        {
            indices[i] = voters[i] switch
            {
                { IsSelf: true } => state.Log.Durable,
                { Other: { IsAdmitted: true } other } => other.Match,
                _ => LogIndex.Zero,
            };
        }

        return indices;
    }
}

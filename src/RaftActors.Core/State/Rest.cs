namespace RaftActors.Core;

/// <summary>
/// Tells until when ticks have no effect, so that an idle process need not wake for each. It rests only as a leader, as a follower that
/// has one, or while it looks for one, and only without a write, a read or a change under way. In all other states every tick counts.
/// </summary>
internal static class Rest
{
    /// <summary>The next tick that may have an effect.</summary>
    public static long EndOf(RaftState state)
    {
        // A former leader also waits for the end of its transfer.
        var isSteady = state is { IsFenced: false, ToldRemoved: null, Snapshots.Incoming: null, Transfers.Current: null }
            && state.Pauses.TimeoutExtension == 0
            && state.Durability is { IsIdle: true, IsReading: false };
        return state.Role switch
        {
            LeaderRole leader when isSteady && IsMember(state) && !state.Quiet.IsAsking => EndOf(state, leader),
            FollowerRole { Leader: not null, Reads: { IsUnderWay: false, HasWaiting: false } }
                when isSteady && IsMember(state) && !state.Timer.IsPostponed => EndOfWaiting(state, state.Timer.DueAt),
            FollowerRole { Leader: null } or PreCandidateRole
                when isSteady && (IsMember(state) || state.IsFounding) && !state.Timer.IsPostponed && !HasKeptRequest(state) =>
                EndOfSearch(state),
            _ => state.Now + 1,
        };
    }

    private static bool IsMember(RaftState state) => state is { IsAdmitted: true, IsFounding: false };

    // A kept request may be answered in the next step, for instance if this process led until the end of the latest one.
    private static bool HasKeptRequest(RaftState state) => state.Roster.Peers.Any(static peer => peer.KeptRequest is not null);

    private static long EndOf(RaftState state, LeaderRole leader)
    {
        var (end, timeout) = (NextHeartbeat(state), state.Options.ElectionTimeoutMaxTicks + state.TimeoutExtension);
        var isAnySilent = false;
        foreach (var progress in leader.Progresses)
        {
            if (progress.Outgoing is not null || progress.HasNews(state.Options, state.Log.Last, state.CommitIndex))
            {
                return state.Now + 1;
            }

            // The silence of a process counts for check-quorum, and later for the log that is kept for it.
            isAnySilent |= progress.RepliedAt + timeout <= state.Now;
            end = Earlier(state, end, progress.RepliedAt + timeout);
            end = Earlier(state, end, progress.RepliedAt + state.Options.GoneTicks);
        }

        // The voters may have changed since the last tick.
        return isAnySilent && Leader.HasLostQuorum(state, leader) ? state.Now + 1 : NextGreeting(state, end);
    }

    private static long EndOfSearch(RaftState state)
    {
        if (!state.IsFounding)
        {
            return EndOfWaiting(state, state.Timer.DueAt);
        }

        var hearsMajority = Founding.HearsMajority(state);
        var end = EndOfWaiting(state, Founding.IgnoresTimer(state) ? long.MaxValue : state.Timer.DueAt);
        end = Earlier(state, end, state.Options.FoundingTimeoutTicks);
        foreach (var peer in state.Roster.Peers)
        {
            // The peer stands in the way of the next best one until its greeting is too old.
            end = hearsMajority && peer.GreetedAt is { } at ? Earlier(state, end, at + state.Options.ElectionTimeoutMaxTicks) : end;
        }

        return end;
    }

    private static long EndOfWaiting(RaftState state, long timeout)
    {
        var end = Earlier(state, Math.Max(timeout, state.Now + 1), state.Election.BoundUntil);
        end = Earlier(state, end, state.Election.FormerPromiseEnd);
        if (state.Election.HeardAt is { } heard)
        {
            // The quorum counts as lost, after a longer time if the disk is slow.
            var lost = heard + (2L * state.Options.ElectionTimeoutMaxTicks);
            end = Earlier(state, Earlier(state, end, lost), lost + state.TimeoutExtension);
        }

        return NextGreeting(state, end);
    }

    private static long NextGreeting(RaftState state, long end)
    {
        foreach (var peer in state.Roster.Peers)
        {
            end = Math.Min(end, Math.Max(state.Now + 1, Peers.NextGreeting(state, peer)));
        }

        return end;
    }

    private static long NextHeartbeat(RaftState state) =>
        ((state.Now / state.Options.HeartbeatTicks) + 1) * state.Options.HeartbeatTicks;

    // A time in the past has had its effect.
    private static long Earlier(RaftState state, long end, long other) => other > state.Now ? Math.Min(end, other) : end;
}

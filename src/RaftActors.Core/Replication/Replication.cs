namespace RaftActors.Core;

/// <summary>A leader sends its log to the other processes (§5.3).</summary>
internal sealed class Replication(RaftState state, SnapshotSending snapshots)
{
    /// <summary>
    /// Sends to each process the news that it was not sent yet: entries, the commit index, the question of a round of reads.
    /// </summary>
    public void Settle()
    {
        if (state.Role is not LeaderRole leader)
        {
            return;
        }

        foreach (var progress in leader.Progresses)
        {
            if (!state.IsReplaced(progress.Member))
            {
                SendNews(leader, progress);
                SendRound(leader, progress);
            }
        }
    }

    /// <summary>Sends a heartbeat, however full the window is.</summary>
    public void SendHeartbeat(Progress progress)
    {
        if (state.IsReplaced(progress.Member) || progress.State == ProgressState.Refused)
        {
            return;
        }

        if (progress.Outgoing is { } outgoing)
        {
            snapshots.SendHeartbeat(progress, outgoing);
        }
        else if (state.Role is LeaderRole leader)
        {
            // A heartbeat would wake a process that has agreed. Another one gets it every other time: it may be of an earlier version.
            var isAsked = state.Quiet.IsAsking && progress.State == ProgressState.Replicating;
            if (isAsked && (state.Quiet.Agreed.Contains(progress.Member) || state.Now / state.Options.HeartbeatTicks % 2 == 0))
            {
                state.Send(progress.Member, new Message.Quiesce(state.Log.LastPosition));
            }
            else
            {
                SendEntries(leader, progress, 0);
            }
        }
    }

    /// <summary>
    /// To a process that replicates: all new entries, in as many messages as its window takes, without waiting for replies. To one that is
    /// probed: one message at a time. The commit index goes with the entries, or alone as <see cref="CommitNotices"/> allows.
    /// </summary>
    private void SendNews(LeaderRole leader, Progress progress)
    {
        if (progress.Outgoing is { } outgoing)
        {
            snapshots.SendPieces(progress, outgoing);
            return;
        }

        while (progress.TakesEntries(state.Options)
            && (progress.State == ProgressState.Probing || progress.Next <= state.Log.Last))
        {
            SendEntries(leader, progress, state.Options.MaxEntriesPerMessage);
        }

        if (progress.State == ProgressState.Replicating && progress.Notices.TryTake(state.CommitIndex, state.Now))
        {
            SendEntries(leader, progress, 0);
        }
    }

    /// <summary>
    /// Asks a voter whether it still follows (thesis §6.4). A message with entries does not ask: its reply waits for the voter's disk.
    /// </summary>
    private void SendRound(LeaderRole leader, Progress progress)
    {
        if (!leader.Rounds.IsUnderWay
            || progress.SentRound == leader.Rounds.Latest
            || progress.State == ProgressState.Refused
            || !state.Configuration.IsVoter(progress.Member))
        {
            return;
        }

        if (progress.Outgoing is { } outgoing)
        {
            snapshots.SendPlace(progress, outgoing);
        }
        else
        {
            SendEntries(leader, progress, 0);
        }
    }

    private void SendEntries(LeaderRole leader, Progress progress, int limit)
    {
        if (limit > 0 && progress.Next <= state.Log.Floor.Index)
        {
            SendPage(leader, progress);
            return;
        }

        var entries = state.Log.From(progress.Next, limit, state.Options.MaxBytesPerMessage, out var size);
        var previous = state.Log.KnownUpTo(new LogIndex(progress.Next.Value - 1)).Index;
        Invariant.That(
            previous.Next == progress.Next || progress.State != ProgressState.Replicating,
            "a process that replicates rejects a heartbeat if it lost a message");
        state.Quiet.Agreed.Remove(progress.Member);
        state.Send(progress.Member, AppendEntriesAfter(leader, previous, entries));
        progress.Sent(new LogIndex(previous.Value + entries.Length), size, state.CommitIndex);
        progress.SentRound = entries.IsEmpty ? leader.Rounds.Latest : progress.SentRound;
    }

    /// <summary>
    /// Sends the page of an entry that is no longer in memory. It may begin before that entry: the receiver finds that it has the entries
    /// already.
    /// </summary>
    private void SendPage(LeaderRole leader, Progress progress)
    {
        var previous = state.Log.KnownUpTo(new LogIndex(progress.Next.Value - 1)).Index;
        var page = state.Log.PageOf(progress.Next);
        var envelope = state.EnvelopeOf(progress.Member, AppendEntriesAfter(leader, previous, []), state.Term);
        state.Durability.Send(new Effect.SendEntries(envelope, page.End));
        progress.Sent(page.End.Index, page.Size, state.CommitIndex);
    }

    /// <summary>Builds a message, or takes the last one again: processes that are equally far are sent the same object.</summary>
    private Message.AppendEntries AppendEntriesAfter(LeaderRole leader, LogIndex previous, LogSlice entries)
    {
        var (position, serial) = (state.Log.PositionAt(previous), state.Log.LastPosition.Serial);
        if (leader.LastSent is { } last
            && last.Previous == position
            && last.Entries.IsSameView(entries)
            && last.Commit == state.CommitIndex
            && last.LeaderSerial == serial
            && last.Round == leader.Rounds.Latest)
        {
            return last;
        }

        leader.LastSent = new Message.AppendEntries(position, entries, state.CommitIndex, serial, leader.Rounds.Latest);
        return leader.LastSent;
    }
}

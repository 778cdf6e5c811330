namespace RaftActors.Core;

/// <summary>
/// A leader: its ticks and heartbeats, the entries that it sends (§5.3), and the replies to them. It steps down if it has lost its
/// majority or its disk.
/// </summary>
internal sealed class Leader(
    RaftState state,
    RoleChanges roles,
    Reads reads,
    Transfers transfers,
    Membership membership,
    Snapshots snapshots,
    Divergences divergences,
    Quiescence quiescence,
    Refusals refusals)
{
    public void OnTick(LeaderRole leader)
    {
        if (HasLostQuorum(state, leader))
        {
            roles.StepDown();
            state.Election.HeardAt = null; // A leader knows at once that the quorum is lost; the others find out by silence.
        }
        else if (transfers.StepsDownForStalledDisk(leader))
        {
            roles.StepDown();
        }
        else if (state.Now % state.Options.HeartbeatTicks == 0)
        {
            OnHeartbeat(leader);
        }
    }

    /// <summary>Check-quorum: tells whether no majority has answered for an election timeout (thesis §6.2).</summary>
    public static bool HasLostQuorum(RaftState state, LeaderRole leader)
    {
        var timeout = state.Options.ElectionTimeoutMaxTicks + state.TimeoutExtension;
        bool HasReplied(Member member) =>
            member == state.Self || (leader.Of(member) is { } progress && state.Now - progress.RepliedAt < timeout);
        return state.Options.Variations.CheckQuorum && !Majority.Holds(state.Configuration, HasReplied);
    }

    private void OnHeartbeat(LeaderRole leader)
    {
        ForgetRemovedPeers(leader);
        divergences.Check(leader, reportsDisputes: true);
        if (state.Role != leader)
        {
            return;
        }

        quiescence.OnHeartbeat(leader);
        if (!state.Quiet.IsAsking)
        {
            reads.RenewLease(leader);
        }

        foreach (var progress in leader.Progresses)
        {
            if (!state.IsResponsive(progress) && progress.State == ProgressState.Replicating)
            {
                progress.ProbeAgain(state.Log.Base.Index);
            }

            SendHeartbeat(leader, progress);
        }

        membership.OnHeartbeat(leader);
        transfers.OnHeartbeat(leader);
    }

    /// <summary>
    /// Ends the replication to a removed member once it has answered after the removal was committed, or after an election timeout. So it
    /// normally learns of its removal from its own log, and campaigns no more (thesis §4.2.3).
    /// </summary>
    private void ForgetRemovedPeers(LeaderRole leader)
    {
        foreach (var removed in leader.RemovedPeers())
        {
            if (state.CommitIndex < removed.RemovedAt)
            {
                continue;
            }

            removed.CommittedAt ??= state.Now;
            var committedAt = removed.CommittedAt.Value;
            var hasLearnt = removed.Progress.Match >= removed.RemovedAt
                && removed.Progress.RepliedAt - committedAt >= state.Options.HeartbeatTicks;
            if (hasLearnt || state.Now - committedAt >= state.Options.ElectionTimeoutMaxTicks)
            {
                leader.Forget(removed.Progress.Member);
            }
        }
    }

    /// <summary>Sends a heartbeat, however full the window is.</summary>
    private void SendHeartbeat(LeaderRole leader, Progress progress)
    {
        if (state.IsReplaced(progress.Member) || progress.State == ProgressState.Refused)
        {
            return;
        }

        if (progress.Outgoing is { } outgoing)
        {
            snapshots.SendHeartbeat(progress, outgoing);
        }
        else
        {
            // A heartbeat would wake a process that has agreed. One that has not gets a heartbeat every other time, because it never
            // agrees if its settings turn quiescence off.
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

    public void SendHeartbeats(LeaderRole leader)
    {
        foreach (var progress in leader.Progresses)
        {
            SendHeartbeat(leader, progress);
        }
    }

    /// <summary>Sends each process its news: entries, the commit index, the question of a round of reads.</summary>
    public void Advance()
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

    /// <summary>
    /// Sends a process that replicates all new entries, in as many messages as its window takes, without waiting for replies. A process
    /// that is probed gets one message at a time. The commit index goes with the entries, or alone as <see cref="CommitNotices"/> allows.
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
    /// Asks a voter whether it still follows (thesis §6.4). A message with entries does not ask, because its reply waits for the voter's
    /// disk.
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
    /// Sends the page of an entry that has left the memory. It may begin before that entry, and the receiver finds that it has those
    /// entries already.
    /// </summary>
    private void SendPage(LeaderRole leader, Progress progress)
    {
        var previous = state.Log.KnownUpTo(new LogIndex(progress.Next.Value - 1)).Index;
        var page = state.Log.PageOf(progress.Next);
        var envelope = state.EnvelopeOf(progress.Member, AppendEntriesAfter(leader, previous, []), state.Term);
        state.Durability.Send(new Effect.SendEntries(envelope, page.End));
        progress.Sent(page.End.Index, page.Size, state.CommitIndex);
    }

    /// <summary>Builds a message, or reuses the last one, because processes that are equally far are sent the same object.</summary>
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

    public void OnAppendEntriesReply(Envelope envelope, Message.AppendEntriesReply reply)
    {
        if (ProgressOf(envelope) is not { } progress)
        {
            return;
        }

        if (HasLostAcknowledgedEntries(progress, envelope, reply))
        {
            refusals.RefuseForgetful(progress, envelope);
            return;
        }

        progress.IsAdmitted |= reply.IsAdmitted;
        (progress.Priority, progress.Applied) = (reply.Priority, reply.Applied);
        if (reply.Accepted)
        {
            Invariant.That(reply.Match <= state.Log.Last, "no process has more of a leader's term than the leader");
            progress.Acknowledged(envelope.Boot);
            progress.Accept(reply.Match, state.Log.Base.Index, state.Log.Last);
        }
        else if (reply.Match < state.Log.Base.Index && progress.Match < state.Log.Base.Index)
        {
            StartSnapshot(progress);
        }
        else
        {
            progress.Reject(state.Log.LastNotAbove(reply.ConflictTerm, reply.Match));
        }

        Reads.OnRoundReply((LeaderRole)state.Role, progress, reply.Round, reply.Promise);
    }

    /// <summary>
    /// Tells whether a restarted process has lost synced writes, because it looks for agreement below entries that it had acknowledged.
    /// Within one term no entry gives way. A reply of an earlier start may just be late.
    /// </summary>
    private bool HasLostAcknowledgedEntries(Progress progress, Envelope envelope, Message.AppendEntriesReply reply) =>
        !reply.Accepted
        && envelope.Boot.Number > progress.Boot.Number
        && reply.Match < progress.Match
        && (progress.Match <= state.Log.Base.Index || state.Log.TermAt(progress.Match) > Term.Zero);

    /// <summary>Sends a snapshot, because the process needs entries that are compacted here.</summary>
    private void StartSnapshot(Progress progress)
    {
        if (progress.State is not (ProgressState.SendingSnapshot or ProgressState.Refused))
        {
            Invariant.That(state.Snapshots.Latest is not null, "compacted entries are covered by a snapshot");
            snapshots.SendHeartbeat(progress, progress.StartSnapshot(state.Snapshots.Latest, state.Now));
        }
    }

    public void OnSnapshotChunkReply(Envelope envelope, Message.SnapshotChunkReply reply)
    {
        if (ProgressOf(envelope) is { Outgoing: { } outgoing } progress && outgoing.Snapshot.Position == reply.Snapshot)
        {
            outgoing.Answer(reply.NextPlace, state.Now);
            Reads.OnRoundReply((LeaderRole)state.Role, progress, reply.Round, reply.Promise);
        }
    }

    public void OnQuiesceReply(Envelope envelope, Message.QuiesceReply reply)
    {
        if (ProgressOf(envelope) is not { } progress)
        {
            return;
        }

        var hasAll = progress.State == ProgressState.Replicating && progress.Match == reply.Last && reply.Last == state.Log.Last;
        if (reply.Agrees && hasAll)
        {
            state.Quiet.Agreed.Add(progress.Member);
        }
        else
        {
            state.Quiet.Agreed.Remove(progress.Member);
        }
    }

    /// <summary>
    /// Returns the progress of the sender of a reply, or null if the reply is of another term, or of a process outside the configurations
    /// in force.
    /// </summary>
    private Progress? ProgressOf(Envelope envelope)
    {
        if (envelope.Term > state.Term)
        {
            roles.Follow(envelope.Term, null);
            return null;
        }

        if (envelope.Term < state.Term
            || state.Role is not LeaderRole leader
            || leader.Of(envelope.From) is not { } progress)
        {
            return null;
        }

        progress.RepliedAt = state.Now;
        return progress;
    }
}

namespace RaftActors.Core;

/// <summary>Other processes answer this leader's entries and pieces of snapshots (§5.3).</summary>
internal sealed class Replies(RaftState state, RoleChanges roles, SnapshotSending snapshots, Refusals refusals)
{
    /// <summary>A process answers AppendEntries.</summary>
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
        progress.Priority = reply.Priority;
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

        Reads.OnRoundReply((LeaderRole)state.Role, progress, reply.Round);
    }

    /// <summary>A process is quiescent, or it is not.</summary>
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

    /// <summary>A process says how much of a snapshot it has.</summary>
    public void OnSnapshotChunkReply(Envelope envelope, Message.SnapshotChunkReply reply)
    {
        if (ProgressOf(envelope) is { Outgoing: { } outgoing } progress && outgoing.Snapshot.Position == reply.Snapshot)
        {
            outgoing.Answer(reply.NextPlace, state.Now);
            Reads.OnRoundReply((LeaderRole)state.Role, progress, reply.Round);
        }
    }

    /// <summary>
    /// The progress of the sender of a reply; null if the reply is of another term, or of a process outside the configurations
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

    /// <summary>The process needs entries that are compacted here.</summary>
    private void StartSnapshot(Progress progress)
    {
        if (progress.State is not (ProgressState.SendingSnapshot or ProgressState.Refused))
        {
            Invariant.That(state.Snapshots.Latest is not null, "compacted entries are covered by a snapshot");
            snapshots.SendHeartbeat(progress, progress.StartSnapshot(state.Snapshots.Latest, state.Now));
        }
    }

    /// <summary>
    /// A restarted process looks for agreement below entries that it had acknowledged. Within one term no entry gives way, so its disk lost
    /// synced writes. A reply of an earlier start may just be late.
    /// </summary>
    private bool HasLostAcknowledgedEntries(Progress progress, Envelope envelope, Message.AppendEntriesReply reply) =>
        !reply.Accepted
        && envelope.Boot.Number > progress.Boot.Number
        && reply.Match < progress.Match
        && (progress.Match <= state.Log.Base.Index || state.Log.TermAt(progress.Match) > Term.Zero);
}

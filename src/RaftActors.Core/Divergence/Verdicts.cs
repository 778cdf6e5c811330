namespace RaftActors.Core;

/// <summary>
/// Decides which of two logs that differ is damaged: the majority's log is right. A process is fenced only if a majority of each active
/// voter set has other content on disk at that place.
/// </summary>
internal sealed class Verdicts(RaftState state, RoleChanges roles, Comparison comparison, Fencing fencing)
{
    /// <summary>
    /// The log of a follower ends where the log of this leader begins, and differs there. The follower has no entry at the place that a
    /// comparison would name, so it would never report that place. The hash that it sent is enough.
    /// </summary>
    public void OnCompared(Envelope envelope, LogPosition theirs)
    {
        var start = state.Log.Base;
        if (theirs.Index == start.Index && theirs.Index > LogIndex.Zero && !state.Log.Holds(theirs))
        {
            Report(envelope, new Divergence(theirs.Index, start.Serial.Next, theirs.Hash));
        }
    }

    /// <summary>
    /// Another process has found where its log and ours diverge, or was told. It hears what stands here, so that both logs can be judged.
    /// The leader hears it each time, since it asks no more once it knows.
    /// </summary>
    public void OnDiverged(Peer peer, Envelope envelope, Message.Refusal refusal)
    {
        if (IsRefuted(envelope, refusal))
        {
            return;
        }

        if ((peer.DivergesAt is null || state.Leader == envelope.From)
            && refusal.Index > state.Log.Base.Index
            && state.Log.Knows(refusal.Index))
        {
            comparison.Diverge(peer, refusal.Index, refusal.Serial);
        }

        peer.DivergesAt = refusal.Serial;
        Report(envelope, new Divergence(refusal.Index, refusal.Serial, refusal.Hash));
    }

    /// <summary>
    /// The leader says that a majority has another log. This counts only for the place at which this process found the divergence itself,
    /// so that no late or mistaken message fences it.
    /// </summary>
    public void OnOutvoted(Peer peer, Message.Refusal refusal)
    {
        // A joining process has entries of leaders before it knows its group. A process with preloaded pairs only was never in the group.
        if ((state.HardState.Group != GroupUid.None || state.Log.LastPosition.Term > Term.Zero) && peer.DivergesAt == refusal.Serial)
        {
            fencing.FenceSelf(new Fence.Diverged(refusal.Serial));
        }
    }

    /// <summary>
    /// Judges all divergences that were reported to this leader; at each heartbeat again, since the logs become known one by one. Fences
    /// this process, or tells the other one that it is outvoted. Steps down if a majority refused this process's log.
    /// </summary>
    public void Judge(LeaderRole leader, bool reportsDisputes = false)
    {
        foreach (var progress in leader.Progresses)
        {
            if (DivergenceOf(progress) is not { } divergence || !MayJudge(progress, divergence))
            {
                continue;
            }

            if (Majority.Holds(state.Configuration, member => DivergenceOf(leader.Of(member)) == divergence))
            {
                fencing.FenceSelf(new Fence.Diverged(divergence.Serial));
                return;
            }

            if (Majority.Holds(state.Configuration, member => HasOurs(leader, member, divergence)))
            {
                var detail = $"a majority has another log than {progress.Member.Name} from serial {divergence.Serial} on";
                state.Send(progress.Member, new Message.Refusal(RefusalReason.Outvoted, divergence.Serial, default, detail));
            }
            else if (reportsDisputes)
            {
                ReportDispute(leader, progress.Member, divergence);
            }
        }

        if (Majority.Holds(state.Configuration, member => DivergenceOf(leader.Of(member)) is not null))
        {
            // The places may differ, since each process compares only entries that it has not compacted; then no report fences this
            // process. It steps down and does not campaign for a while, or the longest log would win every election.
            state.Gate.LogRefusedAt = state.Now;
            roles.StepDown();
        }
    }

    /// <summary>Where that log differs from ours; null if it does not, or is compared again after a restart.</summary>
    private static Divergence? DivergenceOf(Progress? progress) =>
        progress is { State: ProgressState.Refused } ? progress.Divergence : null;

    /// <summary>Notes a divergence of a follower's log from this leader's log.</summary>
    private void Report(Envelope envelope, Divergence divergence)
    {
        if (state.Role is LeaderRole leader
            && envelope.Term == state.Term
            && leader.Of(envelope.From) is { } progress
            && progress.Refuse(divergence, envelope.Boot))
        {
            Judge(leader);
        }
    }

    /// <summary>
    /// Our log has at that place what the report says that the other one has. So the report is late. If the logs still differ, the next
    /// comparison finds it. If our log has not kept the position, only a report on a message of ours counts.
    /// </summary>
    private bool IsRefuted(Envelope envelope, Message.Refusal refusal)
    {
        var (log, at) = (state.Log, refusal.Index);
        return at <= log.Last && (log.Knows(at) ? log.PositionAt(at).Hash == refusal.Hash : !IsOfOurMessage(envelope, refusal));
    }

    /// <summary>
    /// The sender compared a message that this boot sent in this term. As a leader, we have only added to our log since then.
    /// </summary>
    private bool IsOfOurMessage(Envelope envelope, Message.Refusal refusal) =>
        state.Role is LeaderRole && envelope.Term == state.Term && refusal.Boot == state.HardState.Boot;

    /// <summary>Preloaded pairs are not judged: a process that has only those, and other ones, was never in the group.</summary>
    private bool MayJudge(Progress progress, Divergence divergence) =>
        divergence.Index <= state.Log.Last
        && state.Roster.Of(progress.Member.Name) is { } peer
        && (peer.IsFounded || peer.Position.Term > Term.Zero);

    /// <summary>
    /// Whether that member has our log's content at the place on disk. A process that has itself reported a difference is no witness: of
    /// compacted entries it had taken the leader's word. The place itself may be compacted here, so it is not read.
    /// </summary>
    private bool HasOurs(LeaderRole leader, Member member, Divergence divergence) => member == state.Self
        ? state.Log.Durable >= divergence.Index
        : leader.Of(member) is { Divergence: null } other && other.Match >= divergence.Index && HasCompared(other);

    /// <summary>
    /// It acknowledged an entry of our term, so it compared the hash of everything before that entry. A process that acknowledges less may
    /// have compacted the place in question, and acknowledges it without a comparison.
    /// </summary>
    private bool HasCompared(Progress other) =>
        other.Match >= state.Log.Base.Index && state.Log.TermAt(other.Match) == state.Term;

    /// <summary>
    /// Tells every process of a divergence that cannot be decided, so that operators see it on whichever node they watch. Sent with each
    /// heartbeat, since a message may be lost; the receiver shows it once. A fence needs no such message.
    /// </summary>
    private void ReportDispute(LeaderRole leader, Member other, Divergence divergence)
    {
        var detail = $"the logs of {state.Self.Name} and {other.Name} differ from serial {divergence.Serial} on, and too few processes "
            + "are compared to tell which one is damaged: start those that are down";
        foreach (var third in leader.Progresses)
        {
            if (third.Divergence is null && state.IsResponsive(third))
            {
                state.Send(third.Member, new Message.Refusal(RefusalReason.Disputed, divergence.Serial, default, detail));
            }
        }
    }
}

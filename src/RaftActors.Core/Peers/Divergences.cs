namespace RaftActors.Core;

/// <summary>
/// Handles logs that differ where Raft demands the same. Before the founding only preloaded pairs can differ. In a group, two entries of
/// one index and term are the same (§5.3, Figure 3), unless a disk or a memory has damaged one. First the two processes find the first
/// place at which they differ. Then the leader decides: the log of the majority is right, and a process that a majority of each set of
/// voters contradicts on disk is fenced. A fence is durable, because a restart does not mend a damaged or restored store.
/// </summary>
internal sealed class Divergences(RaftState state, RoleChanges roles, Transfers transfers, Refusals refusals)
{
    /// <summary>After a greeting: begins a comparison if the preloaded pairs differ.</summary>
    public void CompareWith(Peer peer)
    {
        if (state.IsFounding && peer.DivergesAt is null && ContradictsPreload(state.Log, peer))
        {
            OnComparePrefix(peer, state.Term, new Message.ComparePrefix(LogIndex.Zero, peer.Position.Index, peer.Position));
        }
    }

    /// <summary>
    /// Tells whether a preloaded log that is not longer than ours has other content. The process with the longer log finds out.
    /// </summary>
    public static bool ContradictsPreload(RaftLog log, Peer peer) =>
        peer.GreetedAt is not null
        && peer.Position.Term == Term.Zero
        && log.Knows(peer.Position.Index)
        && log.TermAt(peer.Position.Index) == Term.Zero
        && !log.Holds(peer.Position);

    /// <summary>
    /// Begins a comparison, because the leader's log differs from ours at an index, in the same term. Begins again with each heartbeat of
    /// the leader. The leader stops them once it knows, so our report was lost or was of an earlier term.
    /// </summary>
    public void OnDamage(Peer peer, Member leader, LogIndex differs, bool isHeartbeat)
    {
        if (peer.DivergesAt is not null && !isHeartbeat)
        {
            return;
        }

        var log = state.Log;
        if (differs == log.Base.Index)
        {
            Diverge(peer, differs.Next); // Compacted entries cannot be compared.
        }
        else
        {
            state.Send(leader, new Message.ComparePrefix(log.Base.Index, differs, log.PositionAt(differs)));
        }
    }

    /// <summary>
    /// Halves the range in which two logs diverge, or names the serial from which on they do:
    /// <code>
    /// agreed 0, differs 8, mine @4   ->   agreed 4, differs 8, mine @6   ->   agreed 4, differs 6, mine @5   ->   agreed 5, differs 6
    /// </code>
    /// Compacted entries cannot be compared, and evicted ones only at the ends of pages. Then the first serial that may differ is named.
    /// In a group only messages of the current term count, because a log may have been replaced since an earlier one. The leader's next
    /// heartbeat begins again.
    /// </summary>
    public void OnComparePrefix(Peer peer, Term term, Message.ComparePrefix comparison)
    {
        var (log, at) = (state.Log, comparison.Mine.Index);
        var isComparable = at > log.Last || log.Knows(at);
        var (agreed, differs) = log.Holds(comparison.Mine) ? (at, comparison.Differs)
            : isComparable ? (comparison.Agreed, at)
            : (comparison.Agreed, comparison.Differs);
        if (differs <= agreed
            || (at < log.Base.Index && differs <= log.Base.Index)
            || differs > log.Last.Next
            || (state.HardState.Group != GroupUid.None && term != state.Term))
        {
            return; // Stale: one of the two has begun anew.
        }

        var lowest = agreed > log.Base.Index ? agreed : log.Base.Index;
        if (differs > lowest.Next && NextToCompare(lowest, differs, isComparable ? null : at) is { } next)
        {
            state.Send(peer.Member, new Message.ComparePrefix(agreed, differs, log.PositionAt(next)));
        }
        else if (differs > log.Last || log.Knows(differs))
        {
            Diverge(peer, differs, log.KnownUpTo(lowest).Serial.Next);
        }
    }

    /// <summary>Returns a known place between two indices, near their middle, or null.</summary>
    /// <param name="unknown">
    /// The place that the other process compared, if it is not known here. A later one is chosen then, because the two processes could
    /// otherwise go on for ever with places that only one of them knows.
    /// </param>
    private LogIndex? NextToCompare(LogIndex agreed, LogIndex differs, LogIndex? unknown)
    {
        var middle = new LogIndex(agreed.Value + ((differs.Value - agreed.Value) / 2));
        if (unknown is null && state.Log.KnownUpTo(middle).Index is var before && before > agreed)
        {
            return before;
        }

        var after = state.Log.KnownFrom(unknown > middle ? unknown.Value.Next : middle);
        return after < differs ? after : null;
    }

    /// <summary>
    /// Reports that the log of another process differs from ours from an index on, and neither log gives way. Both processes report it.
    /// </summary>
    /// <param name="at">An index at which they differ.</param>
    /// <param name="from">The first serial that may differ. By default that of the entry at the index.</param>
    /// <param name="refused">The boot of a message of that process that shows the difference, or 0.0 without one.</param>
    public void Diverge(Peer peer, LogIndex at, Serial? from = null, Boot refused = default)
    {
        var log = state.Log;
        var serial = from ?? log.KnownUpTo(new LogIndex(at.Value - 1)).Serial.Next;
        peer.Diverge(serial);
        var (what, remedy) = log.TermAt(at > log.Last ? log.Last : at) == Term.Zero
            ? ("preloaded pairs", "decide which are right, and restart the other process with the same ones or with none")
            : ("logs", "within one term, so one is damaged: stop that process, run 'raft log forget' for its group, and start it");
        var detail = $"the {what} of {state.Self.Name} and {peer.Name} differ from serial {serial} on; {remedy}";
        var hash = at > log.Last ? PrefixHash.Empty : log.PositionAt(at).Hash;
        var refusal = new Message.Refusal(RefusalReason.Diverged, serial, refused, detail) { Index = at, Hash = hash };
        refusals.Show(peer, peer.Member, refusal);
        state.Send(peer.Member, refusal);
    }

    /// <summary>
    /// Takes the report of another process on where its log and ours diverge. Tells it our content there, so that both logs can be
    /// compared. A leader is told each time, because it asks no more once it knows.
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
            Diverge(peer, refusal.Index, refusal.Serial);
        }

        peer.Diverge(refusal.Serial);
        Report(envelope, new Divergence(refusal.Index, refusal.Serial, refusal.Hash));
    }

    /// <summary>
    /// Tells whether a report is late, because our log has at that place what the other one has. If the logs still differ, the next
    /// comparison finds it. If our log has not kept the position, only a report on a message of ours counts.
    /// </summary>
    private bool IsRefuted(Envelope envelope, Message.Refusal refusal)
    {
        var (log, at) = (state.Log, refusal.Index);
        return at <= log.Last && (log.Knows(at) ? log.PositionAt(at).Hash == refusal.Hash : !IsOfOurMessage(envelope, refusal));
    }

    /// <summary>
    /// Tells whether the sender compared a message that this boot sent in this term. As a leader, it has only added to its log since then.
    /// </summary>
    private bool IsOfOurMessage(Envelope envelope, Message.Refusal refusal) =>
        state.Role is LeaderRole && envelope.Term == state.Term && refusal.Boot == state.HardState.Boot;

    /// <summary>Notes a divergence of a follower's log from this leader's log.</summary>
    private void Report(Envelope envelope, Divergence divergence)
    {
        if (state.Role is LeaderRole leader
            && envelope.Term == state.Term
            && leader.Of(envelope.From) is { } progress
            && progress.Refuse(divergence, envelope.Boot))
        {
            Check(leader);
        }
    }

    /// <summary>
    /// Checks all divergences that were reported to this leader, again at each heartbeat, because the logs become known one by one. Fences
    /// this process, or tells the other one that it is outvoted. Steps down if a majority refused this process's log.
    /// </summary>
    public void Check(LeaderRole leader, bool reportsDisputes = false)
    {
        foreach (var progress in leader.Progresses)
        {
            if (DivergenceOf(progress) is not { } divergence || !MayCheck(progress, divergence))
            {
                continue;
            }

            if (Majority.Holds(state.Configuration, member => DivergenceOf(leader.Of(member)) == divergence))
            {
                FenceSelf(Fence.Diverged(divergence.Serial));
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
            // The places may differ, because each process compares only entries that it has not compacted. Then no report fences this
            // process. It steps down and does not campaign for a while, because the longest log would otherwise win every election.
            state.Election.LogRefusedAt = state.Now;
            roles.StepDown();
        }
    }

    /// <summary>Returns where a log differs from ours, or null if it does not, or is being compared again after a restart.</summary>
    private static Divergence? DivergenceOf(Progress? progress) =>
        progress is { State: ProgressState.Refused } ? progress.Divergence : null;

    /// <summary>Excludes preloaded pairs. A process that has only those, and other ones, was never in the group.</summary>
    private bool MayCheck(Progress progress, Divergence divergence) =>
        divergence.Index <= state.Log.Last
        && state.Roster.Of(progress.Member.Name) is { } peer
        && (peer.IsFounded || peer.Position.Term > Term.Zero);

    /// <summary>
    /// Tells whether a member has our log's content at the place on disk. A process that has itself reported a difference is no witness,
    /// because it had taken the leader's word for compacted entries. The place itself may be compacted here, so it is not read.
    /// </summary>
    private bool HasOurs(LeaderRole leader, Member member, Divergence divergence) => member == state.Self
        ? state.Log.Durable >= divergence.Index
        : leader.Of(member) is { Divergence: null } other && other.Match >= divergence.Index && HasCompared(other);

    /// <summary>
    /// Tells whether a process has acknowledged an entry of our term, so that it compared the hash of everything before it. One that
    /// acknowledges less may have compacted the place in question, and acknowledges it without a comparison.
    /// </summary>
    private bool HasCompared(Progress other) =>
        other.Match >= state.Log.Base.Index && state.Log.TermAt(other.Match) == state.Term;

    /// <summary>
    /// Tells every process of a divergence that cannot be decided, so that operators see it on any node. Repeated with each heartbeat,
    /// because a message may be lost. The receiver shows it once. A fence needs no such message.
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

    /// <summary>
    /// Fences this process if the leader says that a majority has another log. This counts only for a place at which this process found
    /// a divergence itself, so that no late or mistaken message fences it.
    /// </summary>
    public void OnOutvoted(Peer peer, Message.Refusal refusal)
    {
        // A joining process has entries of leaders before it knows its group. A process that has only preloaded pairs was never in the
        // group.
        if ((state.HardState.Group != GroupUid.None || state.Log.LastPosition.Term > Term.Zero) && peer.HasDivergedAt(refusal.Serial))
        {
            FenceSelf(Fence.Diverged(refusal.Serial));
        }
    }

    /// <summary>
    /// Fences this process because another one has recorded a later start. Only a process that still runs with the refused boot is meant,
    /// so that a late refusal of an earlier start's message fences no later start.
    /// </summary>
    public void OnRestoredDisk(Message.Refusal refusal)
    {
        if (refusal.Boot == state.HardState.Boot)
        {
            FenceSelf(Fence.RestoredDisk);
        }
    }

    /// <summary>Fences this process and tells all others. A process that misses the message is told when it asks for something.</summary>
    private void FenceSelf(Fence fence)
    {
        if (state.IsFenced)
        {
            return;
        }

        state.Durability.SetHardState(state.HardState with { Fence = fence });
        roles.StepDown();
        transfers.End(FailureReason.NoLeader); // A fenced process does not learn who leads next.
        foreach (var peer in state.Roster.Peers)
        {
            if (peer.Current != Incarnation.None)
            {
                state.Send(peer.Member, refusals.FencedRefusal(fence, default));
            }
        }
    }
}

/// <summary>The place at which another log differs from ours although it must not, and its content there.</summary>
/// <param name="Index">The first index that differs.</param>
/// <param name="Serial">The first serial that differs. Stored, because the log before it may be compacted.</param>
/// <param name="Hash">The other log's hash up to and including that index.</param>
internal readonly record struct Divergence(LogIndex Index, Serial Serial, ulong Hash);

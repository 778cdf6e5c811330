namespace RaftActors.Core;

/// <summary>
/// Finds the first place at which two logs differ though neither gives way. Before the founding only preloaded pairs can differ. In a
/// group, two entries of one index and term are the same (§5.3, Figure 3); where they are not, a disk or a memory has damaged one.
/// </summary>
internal sealed class Comparison(RaftState state, Refusals refusals)
{
    /// <summary>
    /// Whether a preloaded log that is not longer than ours has other content. The process with the longer log finds out.
    /// </summary>
    public static bool ContradictsPreload(RaftLog log, Peer peer) =>
        peer.GreetedAt is not null
        && peer.Position.Term == Term.Zero
        && log.Knows(peer.Position.Index)
        && log.TermAt(peer.Position.Index) == Term.Zero
        && !log.Holds(peer.Position);

    /// <summary>After a greeting: begins a comparison if the preloaded pairs differ.</summary>
    public void CompareWith(Peer peer)
    {
        if (state.IsFounding && peer.DivergesAt is null && ContradictsPreload(state.Log, peer))
        {
            OnComparePrefix(peer, state.Term, new Message.ComparePrefix(LogIndex.Zero, peer.Position.Index, peer.Position));
        }
    }

    /// <summary>
    /// The leader's log differs from ours at an index, in the same term. Begins a comparison, and begins it again if the leader still sends
    /// heartbeats: it stops when it knows, so our report was lost or was of an earlier term.
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
    /// Compacted entries cannot be compared, and of evicted ones only the ends of pages. Then the first serial that may differ is named.
    /// In a group only messages of the current term count: a log may have been replaced since an earlier one. The leader's next heartbeat
    /// begins again.
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

    /// <summary>The log of that process differs from ours from an index on, and neither gives way: both processes report it.</summary>
    /// <param name="at">An index at which they differ.</param>
    /// <param name="from">The first serial that may differ; null: that of the entry at the index.</param>
    /// <param name="refused">The boot of a message of that process that shows the difference; 0.0 without one.</param>
    public void Diverge(Peer peer, LogIndex at, Serial? from = null, Boot refused = default)
    {
        var log = state.Log;
        var serial = from ?? log.KnownUpTo(new LogIndex(at.Value - 1)).Serial.Next;
        peer.DivergesAt = serial;
        var (what, remedy) = log.TermAt(at > log.Last ? log.Last : at) == Term.Zero
            ? ("preloaded pairs", "decide which are right, and restart the other process with the same ones or with none")
            : ("logs", "within one term, so one of the two is damaged: restart that process with an empty store");
        var detail = $"the {what} of {state.Self.Name} and {peer.Name} differ from serial {serial} on; {remedy}";
        var hash = at > log.Last ? PrefixHash.Empty : log.PositionAt(at).Hash;
        var refusal = new Message.Refusal(RefusalReason.Diverged, serial, refused, detail) { Index = at, Hash = hash };
        refusals.Show(peer, peer.Member, refusal);
        state.Send(peer.Member, refusal);
    }

    /// <summary>A known place between two indices, near their middle; null if there is none.</summary>
    /// <param name="unknown">
    /// The place that the other process compared, if it is not known here. A later one is taken, so that the two processes cannot go on for
    /// ever with places that only one of them knows.
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
}

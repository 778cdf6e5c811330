namespace RaftActors.Core;

/// <content>Log matching (§5.3): how the entries of a leader fit into this log.</content>
internal sealed partial class RaftLog
{
    /// <summary>
    /// Compares entries that follow on <paramref name="previous"/> with this log, and changes nothing. Hashes only entries whose index and
    /// term the log has already.
    /// </summary>
    public LogMatch Match(LogPosition previous, LogSlice entries)
    {
        if (previous.Index < Floor.Index)
        {
            return MatchFromFloor(previous, entries);
        }

        if (!Holds(previous))
        {
            return IsDamaged(previous)
                ? new LogMatch(LogFit.Damaged, previous.Index)
                : new LogMatch(LogFit.Missing, WhereLogsMayAgree(previous));
        }

        var hash = previous.Hash;
        for (var i = 0; i < entries.Length; i++)
        {
            var entry = entries[i];
            if (entry.Index > Last)
            {
                return new LogMatch(LogFit.Fits, entry.Index, i);
            }

            var own = TermAt(entry.Index);
            if (own != entry.Term)
            {
                return new LogMatch(own == Term.Zero ? LogFit.Disputed : LogFit.Fits, entry.Index, i);
            }

            hash = PrefixHash.Extend(hash, entry);
            if (!Holds(LogPosition.Of(entry, hash)))
            {
                return new LogMatch(LogFit.Disputed, entry.Index);
            }
        }

        return new LogMatch(LogFit.Fits, new LogIndex(previous.Index.Value + entries.Length + 1), entries.Length);
    }

    /// <summary>
    /// Tells whether an entry of another leader at this place would replace the one in this log (§5.3). It does not replace a preloaded
    /// pair, or an entry of the same term.
    /// </summary>
    public bool GivesWayTo(LogPosition position) =>
        TermAt(position.Index) is var own && own != Term.Zero && own != position.Term;

    /// <summary>
    /// Compares entries whose place before them is compacted or evicted. That place is committed, so the leader has the same entries there
    /// (§5.4). The entries up to <see cref="Floor"/> lead to the same hash, or one of the two logs is damaged.
    /// </summary>
    private LogMatch MatchFromFloor(LogPosition previous, LogSlice entries)
    {
        var known = (int)Math.Min(entries.Length, Floor.Index.Value - previous.Index.Value);
        if (known == entries.Length)
        {
            return new LogMatch(LogFit.Compacted, Floor.Index);
        }

        if (previous.After(entries.Take(known)) != Floor)
        {
            return new LogMatch(LogFit.Damaged, Floor.Index);
        }

        var rest = Match(Floor, entries.Skip(known));
        return rest with { Known = known + rest.Known };
    }

    /// <summary>
    /// Tells whether an entry differs from this log's entry of the same index and term. Leaders write only one such entry (§5.3, Figure
    /// 3), so one of the two is damaged.
    /// </summary>
    private bool IsDamaged(LogPosition previous) =>
        previous.Term > Term.Zero
        && previous.Index <= Last
        && TermAt(previous.Index) == previous.Term;

    /// <summary>
    /// Returns where the leader should look next. A conflicting term is skipped as a whole (§5.3). Within one term only preloaded pairs
    /// differ, and the distance is halved.
    /// </summary>
    private LogIndex WhereLogsMayAgree(LogPosition previous)
    {
        if (previous.Index > Last)
        {
            return LastNotAbove(previous.Term, Last);
        }

        return TermAt(previous.Index) == previous.Term
            ? new LogIndex(Math.Max(Floor.Index.Value, previous.Index.Value / 2))
            : LastNotAbove(previous.Term, new LogIndex(previous.Index.Value - 1));
    }
}

/// <summary>How the entries of a leader fit into a log (<see cref="RaftLog.Match"/>).</summary>
internal enum LogFit
{
    /// <summary>They can be stored, and replace entries of the log that contradict them (§5.3).</summary>
    Fits,

    /// <summary>The place before them is compacted or evicted here, so it is committed and the leader has the same entries.</summary>
    Compacted,

    /// <summary>The log does not have the place before them (§5.3). The leader should try an earlier one.</summary>
    Missing,

    /// <summary>The place before them has the same index and term here, and other content, so one of the two logs is damaged.</summary>
    Damaged,

    /// <summary>One of them contradicts an entry that cannot be replaced: a preloaded pair, or the same term with other content.</summary>
    Disputed,
}

/// <summary>How the entries of a leader fit into a log, and where.</summary>
/// <param name="At">
/// If they fit: the first index to write. Missing: where the leader should try next. Damaged or disputed: the index in question. Compacted:
/// the end of the compacted part.
/// </param>
/// <param name="Known">If they fit: how many of them, from the first on, the log has already.</param>
internal readonly record struct LogMatch(LogFit Fit, LogIndex At, int Known = 0);

namespace RaftActors.Core;

/// <summary>The end of a log, or a place in it: what elections compare and AppendEntries match on.</summary>
/// <param name="Hash">The rolling hash over the pairs up to here. It distinguishes preloaded logs, whose entries all have term 0.</param>
/// <param name="Time">The time of the last pair up to here. The next leader needs it, so it is kept where the entry is not.</param>
internal readonly record struct LogPosition(LogIndex Index, Term Term, Serial Serial, ulong Hash, LogTime Time = default)
{
    /// <summary>Returns the position of an entry, from the hash over the pairs up to it.</summary>
    internal static LogPosition Of(in LogEntry entry, ulong hash) => new(entry.Index, entry.Term, entry.Serial, hash, entry.Time);

    /// <summary>
    /// Tells whether this is the later last term, or in the same term at least as long a log. A voter votes only for a candidate whose
    /// position has this property against the voter's own (§5.4.1).
    /// </summary>
    internal bool IsAtLeastAsUpToDateAs(LogPosition other) => Term != other.Term ? Term > other.Term : Index >= other.Index;

    internal LogPosition After(LogSlice entries)
    {
        var position = this;
        foreach (ref readonly var entry in entries)
        {
            position = Of(entry, PrefixHash.Extend(position.Hash, entry));
        }

        return position;
    }

    public override string ToString() => $"{Index}/{Term} s{Serial}";
}

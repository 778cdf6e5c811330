namespace RaftActors.Core;

/// <summary>The end of a log, or a place in it: what elections compare and AppendEntries match on.</summary>
/// <param name="Hash">The rolling hash over the pairs up to here; it tells apart preloaded logs, whose entries all bear term 0.</param>
/// <param name="Time">The time of the last pair up to here. The next leader needs it, so it is kept where the entry is not.</param>
internal readonly record struct LogPosition(LogIndex Index, Term Term, Serial Serial, ulong Hash, LogTime Time = default)
{
    /// <summary>The position of an entry.</summary>
    /// <param name="hash">The hash over the pairs up to it.</param>
    internal static LogPosition Of(in LogEntry entry, ulong hash) => new(entry.Index, entry.Term, entry.Serial, hash, entry.Time);

    /// <summary>
    /// The later last term wins, then the longer log; a voter votes only for a candidate of which this holds against itself (§5.4.1).
    /// </summary>
    internal bool IsAtLeastAsUpToDateAs(LogPosition other) => Term != other.Term ? Term > other.Term : Index >= other.Index;

    /// <summary>The position after entries that follow here.</summary>
    internal LogPosition After(LogSlice entries)
    {
        var position = this;
        foreach (ref readonly var entry in entries)
        {
            position = Of(entry, PrefixHash.Extend(position.Hash, entry));
        }

        return position;
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Index}/{Term} s{Serial}";
}

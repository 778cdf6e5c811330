namespace RaftActors.Core;

/// <summary>How the entries of a leader fit into a log (<see cref="RaftLog.Match"/>).</summary>
internal enum LogFit
{
    /// <summary>They can be stored. Entries of the log that contradict them give way (§5.3).</summary>
    Fits,

    /// <summary>
    /// The place before them is compacted or evicted here, so it is committed and the leader has the same entries.
    /// </summary>
    Compacted,

    /// <summary>The log does not have the place before them (§5.3). The leader should try an earlier one.</summary>
    Missing,

    /// <summary>The place before them has the same index and term here, and other content: one of the two logs is damaged.</summary>
    Damaged,

    /// <summary>One of them contradicts an entry that does not give way: a preloaded pair, or the same term with other content.</summary>
    Disputed,
}

/// <summary>How the entries of a leader fit into a log, and where.</summary>
/// <param name="At">
/// If they fit: the first index that is to be written. Missing: where the leader should try next. Damaged or disputed: the index in
/// question. Compacted: the end of the compacted part.
/// </param>
/// <param name="Known">If they fit: how many of them, from the first on, the log has already.</param>
internal readonly record struct LogMatch(LogFit Fit, LogIndex At, int Known = 0);

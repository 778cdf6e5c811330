namespace RaftActors.Core;

/// <summary>
/// The state that a process starts from: that of its store, or a preloaded log in an empty store. Tests may give any term, vote, log and
/// configuration that contradict neither themselves nor each other.
/// </summary>
/// <param name="HardState">Term, vote and records.</param>
/// <param name="Log">
/// All entries after <see cref="Base"/> and <see cref="Earlier"/>. They are durable, and preloaded ones have term 0 (<see
/// cref="Preload"/>).
/// </param>
internal sealed record InitialState(HardState HardState, LogSlice Log)
{
    /// <summary>An empty store.</summary>
    public static InitialState Empty { get; } = new(new HardState(Term.Zero, null, []), []);

    /// <summary>The last compacted entry, which a snapshot covers, or the zero position.</summary>
    public LogPosition Base { get; init; }

    /// <summary>The entries after <see cref="Base"/> that are not in memory, or null if all are in <see cref="Log"/>.</summary>
    public EarlierLog? Earlier { get; init; }

    /// <summary>
    /// The index up to which the store knows that the entries are committed, or 0. Core keeps no more of them in memory than <see
    /// cref="CoreOptions.LogMemoryBytes"/> allows. Others stay in memory until a leader commits them.
    /// </summary>
    public LogIndex Committed { get; init; }

    /// <summary>The index of the last entry.</summary>
    internal LogIndex Last => Log.Length > 0 ? Log[^1].Index : Earlier?.Last ?? Base.Index;

    /// <summary>
    /// The latest snapshot, at or above <see cref="Base"/>, or null. If it became durable before the entries that it covers, it goes
    /// beyond the end of the log and covers all of it.
    /// </summary>
    public Snapshot? Snapshot { get; init; }
}

/// <summary>The first entries of a log, which the store reads when they are enumerated.</summary>
/// <param name="Last">The index of the last of them.</param>
/// <param name="Pages">The entries, in order. An enumeration may throw an exception of the store.</param>
internal sealed record EarlierLog(LogIndex Last, IEnumerable<LogSlice> Pages);

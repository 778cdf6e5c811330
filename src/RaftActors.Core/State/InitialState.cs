namespace RaftActors.Core;

/// <summary>
/// The state that a process starts from: that of its store, or a preloaded log in an empty store. Tests may give any term, vote, log and
/// configuration that contradict neither themselves nor each other.
/// </summary>
/// <param name="HardState">Term, vote and records.</param>
/// <param name="Log">All entries after <see cref="Base"/>, durable already; preloaded ones have term 0 (<see cref="Preload"/>).</param>
public sealed record InitialState(HardState HardState, LogSlice Log)
{
    /// <summary>An empty store.</summary>
    public static InitialState Empty { get; } = new(new HardState(Term.Zero, null, []), []);

    /// <summary>The last compacted entry; the zero position if there is none. Where it is not zero there is a snapshot.</summary>
    public LogPosition Base { get; init; }

    /// <summary>
    /// The latest snapshot, at or above <see cref="Base"/>; null if there is none. It may go beyond the end of the log, if it became
    /// durable before the entries. Then it covers all of them.
    /// </summary>
    public Snapshot? Snapshot { get; init; }
}

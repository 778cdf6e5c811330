namespace RaftActors;

/// <summary>A committed pair.</summary>
/// <typeparam name="TValue">The type of the values of the group.</typeparam>
/// <param name="Serial">The number of the pair: 1, 2, 3 and so on without a gap, the same on every process.</param>
/// <param name="Key">The key. Keys need not be unique: the log keeps each pair.</param>
/// <param name="Value">The value.</param>
/// <param name="Request">
/// In HandleAppend, on the process that appended the pair: the ref that Append returned. In HandleSerial: the ref that Get returned.
/// Otherwise null.
/// </param>
public sealed record Entry<TValue>(Serial Serial, string Key, TValue Value, RequestRef? Request = null)
{
    /// <summary>
    /// The time of the pair, in UTC and in milliseconds: the wall clock of the leader that appended it, and never below that of an earlier
    /// pair. It belongs to the log, so it is the same on every process, at each replay and in each restore. Use it in HandleAppend instead
    /// of a clock. <see cref="DateTimeOffset.UnixEpoch"/>: the pair was preloaded.
    /// </summary>
    public DateTimeOffset Time { get; init; } = DateTimeOffset.UnixEpoch;

    /// <summary>
    /// In HandleAppend: the era of the pair, the same on every process; otherwise 0. It is 0 until the group is restored from a backup or
    /// recovered without a majority. Each time it grows with the next pair.
    /// </summary>
    public long Era { get; init; }

    /// <summary>
    /// In HandleAppend: the era and the serial added up. It is higher than that of every earlier pair, also of those that a restore has
    /// dropped. Serials come again after a restore, so use it for fencing tokens, versions and ids that are known outside of the group.
    /// </summary>
    public long Stamp => Era + Serial.Value;

    /// <summary>
    /// In HandleAppend: the logic version of the group at this pair, the same on every process. Apply the pair by the rules of this
    /// version. It is at most the LogicVersion of the actor. Elsewhere 1.
    /// </summary>
    public int LogicVersion { get; init; } = 1;

    /// <summary>
    /// In HandleAppend: identifies the client that appended the pair, the same on every process; null: a process of the group did. No
    /// client can name another one, because it is a hash of a secret that the client tells only to the process that it asks.
    /// </summary>
    public Guid? Client { get; init; }
}

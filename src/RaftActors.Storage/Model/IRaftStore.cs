using RaftActors.Core;

namespace RaftActors.Storage;

/// <summary>
/// Keeps the hard state, the log and the snapshots of one process of one group across a crash. <c>RaftStoreContract</c> in
/// the tests checks any implementation.
/// <para>
/// Calls come from one thread at a time. <see cref="BeginSnapshot"/>, <see cref="ReadSnapshot"/>, <see cref="ReadLog"/> and
/// <see cref="SyncTime"/> may come from any thread. The contents of an effect never change, so a store may keep them without a copy.
/// </para>
/// </summary>
internal interface IRaftStore : IDisposable
{
    /// <summary>
    /// The longest sync of the last 5 to 10 seconds, or of the running one. Stores that share a log share its syncs. Null if there was
    /// none, the store makes none, or it has no clock.
    /// </summary>
    TimeSpan? SyncTime => null;

    /// <summary>Recovers the state of the process, which is durable. Call it once, before any other member.</summary>
    /// <param name="owner">The process. A new store records it, and an existing store compares it.</param>
    /// <param name="preload">The first entries of a new store. An existing store ignores them.</param>
    /// <param name="listener">Told of later events until Dispose.</param>
    /// <exception cref="StoreException">The store is damaged, or cannot be opened. The message has the cause and the remedy.</exception>
    RecoveredState Open(StoreOwner owner, LogSlice preload, IStoreListener listener);

    /// <summary>
    /// Queues a write. Writes are done in the order of the calls, each atomically. The listener gets the ticket of the last durable write.
    /// Returns true if the write is durable already, and the listener is not told. Does not block for the disk.
    /// </summary>
    bool Write(Effect.Write write);

    /// <summary>
    /// Notes that the entries up to an index are committed and were reported as durable. A later opening may return this index, or an
    /// earlier one, as <see cref="InitialState.Committed"/>. Default: does nothing. Does not block.
    /// </summary>
    void NoteCommitted(LogIndex index)
    {
    }

    /// <summary>
    /// Begins to save a snapshot of the application's own state beside the log. It may overtake queued writes. At most one is open: a
    /// further call drops the one before, and so does closing the store. Any thread may call it.
    /// </summary>
    /// <param name="snapshot">The description of the snapshot. Its length does not count, because it is known only at the end.</param>
    ISnapshotWriter BeginSnapshot(Snapshot snapshot);

    /// <summary>Reads bytes of a snapshot's state from an offset: <paramref name="limit"/>, or fewer at the end of the state.</summary>
    /// <exception cref="StoreException">The snapshot does not exist any more, or cannot be read.</exception>
    ReadOnlyMemory<byte> ReadSnapshot(LogPosition position, long offset, int limit);

    /// <summary>
    /// Reads entries back, from the first index to the last one. All of them were reported as durable, or recovered, and were not replaced.
    /// Blocks for the disk.
    /// </summary>
    /// <returns>All these entries, or none if one of them is discarded.</returns>
    /// <exception cref="StoreException">The entries cannot be read, or are damaged.</exception>
    LogSlice ReadLog(LogIndex first, LogIndex last);
}

/// <summary>
/// Receives the events of a store. Calls come from a thread of the store. An implementation returns soon and does not call the store.
/// </summary>
internal interface IStoreListener
{
    /// <summary>The write with this ticket and all earlier writes are durable.</summary>
    void OnPersisted(Ticket ticket);

    void OnSnapshotSaved(Snapshot snapshot);

    /// <summary>The disk has become nearly full (true), or has room again (false).</summary>
    void OnSpace(bool isShort);

    /// <summary>The store has failed and ignores all later writes. Only the next opening tells the state of the disk.</summary>
    void OnFailed(StoreException cause);
}

/// <summary>The process that has a store: its name and its group.</summary>
internal readonly record struct StoreOwner(string Group, ProcessName Name)
{
    public override string ToString() => $"{Name} of group {Group}";
}

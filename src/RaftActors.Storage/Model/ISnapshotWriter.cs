using RaftActors.Core;

namespace RaftActors.Storage;

/// <summary>
/// Writes a snapshot of the application's own state, from its first byte to its last. Calls come from one thread at a time, while other
/// threads call other members of the store. <see cref="IRaftStore.BeginSnapshot"/> makes it.
/// </summary>
internal interface ISnapshotWriter : IDisposable
{
    /// <summary>The store is in memory, so no call blocks.</summary>
    bool IsInMemory => false;

    /// <summary>Appends bytes of the state. Blocks for the disk.</summary>
    /// <exception cref="StoreException">
    /// The disk has no room, the store has failed or was closed, or the snapshot was dropped. The snapshot has ended.
    /// </exception>
    void Append(ReadOnlySpan<byte> state);

    /// <summary>
    /// Makes the snapshot durable, and tells the listener with its <see cref="Snapshot.Length"/>. A snapshot as late as the latest one is
    /// dropped instead, and the listener is told too. Blocks for the disk.
    /// </summary>
    /// <exception cref="StoreException">As for <see cref="Append"/>.</exception>
    void Complete();
}

using RaftActors.Core;

namespace RaftActors.Storage;

/// <summary>
/// What one process of one group keeps across a crash: its hard state, its log and its snapshots. The rules that hold for a store are
/// executable: <c>RaftStoreContract</c> of RaftActors.Testing runs them against any implementation.
/// <para>
/// Calls come from one thread at a time, but for <see cref="ReadSnapshot"/>, which may come from any. What an effect carries never changes,
/// so a store may hold on to it and needs no copy.
/// </para>
/// </summary>
public interface IRaftStore : IDisposable
{
    /// <summary>Once, before anything else: what survived. When it returns, all of that is durable.</summary>
    /// <param name="owner">Whose store it is; kept in a new one, compared with a store that is found.</param>
    /// <param name="preload">What the log of a new store begins with. A store that is found keeps its own.</param>
    /// <param name="listener">Told of everything that is done later.</param>
    /// <exception cref="StoreDamagedException">What is on disk is not what was written there.</exception>
    /// <exception cref="StoreException">It cannot be opened; the message says why, and what to do.</exception>
    RecoveredState Open(StoreOwner owner, LogSlice preload, IStoreListener listener);

    /// <summary>
    /// Takes a write on. Writes are done in the order given, each whole or not at all, and what is durable is told to the listener, by the
    /// last ticket. Does not block for the disk.
    /// </summary>
    /// <returns>True: it is durable already, and the listener is not told.</returns>
    bool Write(Effect.Write write);

    /// <summary>
    /// Writes a snapshot of the application's own state beside the log, whole or not at all, and tells the listener. It may overtake writes
    /// that were taken on before.
    /// </summary>
    /// <param name="state">As many bytes as the snapshot says; left alone by the caller from now on.</param>
    void SaveSnapshot(Snapshot snapshot, ReadOnlyMemory<byte> state);

    /// <summary>Bytes of the state that a snapshot of this position holds, from an offset on: so many, or as many as there are.</summary>
    /// <exception cref="StoreException">There is no such snapshot any more, or it cannot be read.</exception>
    ReadOnlyMemory<byte> ReadSnapshot(LogPosition position, long offset, int limit);
}

/// <summary>What a store tells. Called from a thread of the store's own; returns soon, and does not call the store.</summary>
public interface IStoreListener
{
    /// <summary>The write of this ticket, and all before it, are durable.</summary>
    void OnPersisted(Ticket ticket);

    /// <summary>A snapshot of the application's state is durable.</summary>
    void OnSnapshotSaved(Snapshot snapshot);

    /// <summary>The disk has become nearly full, or has room again.</summary>
    void OnSpace(bool isShort);

    /// <summary>Nothing more is written, whatever is asked: what is on disk now is known at the next opening only.</summary>
    void OnFailed(StoreException cause);
}

/// <summary>Whose store it is.</summary>
public readonly record struct StoreOwner(string Group, ProcessName Name)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Name} of group {Group}";
}

using Akka.Actor;

using RaftActors.Core;
using RaftActors.Core.Codec;
using RaftActors.Storage;

namespace RaftActors.Engine;

/// <summary>
/// The open store of a process. It forwards the store's reports, which come on any thread, to the engine as messages. Reports from before
/// the engine's start wait for it.
/// </summary>
internal sealed class HostedStore : IStoreListener
{
    private readonly Lock _lock = new();
    private readonly IRaftStore _store;
    private List<StoreNews>? _early = [];
    private IActorRef? _engine;
    private int _closings;
    private LogIndex _committed;

    private HostedStore(IRaftStore store) => _store = store;

    /// <summary>Opens a store. If that fails, closes it again.</summary>
    /// <exception cref="StoreException">The store cannot be opened.</exception>
    public static (HostedStore Store, RecoveredState Recovered) Open(IRaftStore store, StoreOwner owner, LogSlice preload)
    {
        var hosted = new HostedStore(store);
        try
        {
            return (hosted, store.Open(owner, preload, hosted));
        }
        catch
        {
            hosted.Close();
            throw;
        }
    }

    public ValueSlab Values { get; } = new();

    /// <summary>True if the store loses everything when its node stops.</summary>
    public bool IsInMemory => _store is MemoryStore;

    /// <inheritdoc cref="IRaftStore.SyncTime"/>
    public TimeSpan? SyncTime => _store.SyncTime;

    public void MeetEngine(IActorRef engine)
    {
        lock (_lock)
        {
            _engine = engine;
            _early?.ForEach(news => engine.Tell(news));
            _early = null;
        }
    }

    /// <summary>Starts a write. Returns true if it is durable already, and no report follows.</summary>
    public bool Write(Effect.Write write) => _store.Write(write);

    /// <inheritdoc cref="IRaftStore.NoteCommitted"/>
    public void NoteCommitted(LogIndex index)
    {
        if (index > _committed)
        {
            _committed = index;
            _store.NoteCommitted(index);
        }
    }

    /// <inheritdoc cref="IRaftStore.BeginSnapshot"/>
    public ISnapshotWriter BeginSnapshot(Snapshot snapshot) => _store.BeginSnapshot(snapshot);

    /// <summary>Reads bytes of a snapshot. Thread-safe.</summary>
    /// <exception cref="StoreException">The snapshot no longer exists, or cannot be read.</exception>
    public ReadOnlyMemory<byte> ReadSnapshot(LogPosition position, long offset, int limit) =>
        _store.ReadSnapshot(position, offset, limit);

    /// <summary>Reads entries that have left the memory. A failure ends the engine, as that of a write does. Thread-safe.</summary>
    /// <returns>All these entries, or none if one of them is compacted.</returns>
    /// <exception cref="StoreException">The entries cannot be read.</exception>
    public LogSlice ReadLog(LogIndex first, LogIndex last)
    {
        try
        {
            return _store.ReadLog(first, last);
        }
        catch (StoreException e)
        {
            Fail(e);
            throw;
        }
    }

    /// <summary>
    /// Ends the engine. Each read that fails calls this, whoever reads: an engine that did not hear of it would wait for an answer, and a
    /// restarted actor would read again without end. Thread-safe.
    /// </summary>
    public void Fail(StoreException cause) => Tell(new StoreNews.Failed(cause));

    /// <summary>Closes the store, at the first call. Any thread may call it once the engine has stopped.</summary>
    public void Close()
    {
        if (Interlocked.Increment(ref _closings) == 1)
        {
            _store.Dispose();
        }
    }

    void IStoreListener.OnPersisted(Ticket ticket) => Tell(new StoreNews.Persisted(ticket));

    void IStoreListener.OnSnapshotSaved(Snapshot snapshot) => Tell(new StoreNews.SnapshotSaved(snapshot));

    void IStoreListener.OnSpace(bool isShort) => Tell(new StoreNews.Space(isShort));

    void IStoreListener.OnFailed(StoreException cause) => Fail(cause);

    private void Tell(StoreNews news)
    {
        lock (_lock)
        {
            _engine?.Tell(news);
            _early?.Add(news);
        }
    }
}

using Akka.Actor;

using RaftActors.Core;
using RaftActors.Storage;

namespace RaftActors.Engine;

/// <summary>
/// A process's store, open. What it tells, from whatever thread, comes to the engine as a message; what it told before there was an engine
/// waits for it.
/// </summary>
internal sealed class HostedStore : IStoreListener
{
    private readonly Lock _lock = new();
    private readonly IRaftStore _store;
    private List<StoreNews>? _early = [];
    private IActorRef? _engine;
    private int _closings;

    private HostedStore(IRaftStore store) => _store = store;

    /// <summary>Opens it; if that fails it is closed again.</summary>
    /// <exception cref="StoreException">It cannot be opened.</exception>
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

    /// <summary>It forgets everything when its node stops.</summary>
    public bool IsInMemory => _store is MemoryStore;

    public void MeetEngine(IActorRef engine)
    {
        lock (_lock)
        {
            _engine = engine;
            _early?.ForEach(news => engine.Tell(news));
            _early = null;
        }
    }

    /// <summary>True: it is durable already.</summary>
    public bool Write(Effect.Write write) => _store.Write(write);

    public void SaveSnapshot(Snapshot snapshot, ReadOnlyMemory<byte> state) => _store.SaveSnapshot(snapshot, state);

    /// <summary>From any thread.</summary>
    /// <exception cref="StoreException">There is no such snapshot any more, or it cannot be read.</exception>
    public ReadOnlyMemory<byte> ReadSnapshot(LogPosition position, long offset, int limit) =>
        _store.ReadSnapshot(position, offset, limit);

    /// <summary>May be called twice, and from any thread once the engine has stopped.</summary>
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

    void IStoreListener.OnFailed(StoreException cause) => Tell(new StoreNews.Failed(cause));

    private void Tell(StoreNews news)
    {
        lock (_lock)
        {
            _engine?.Tell(news);
            _early?.Add(news);
        }
    }
}

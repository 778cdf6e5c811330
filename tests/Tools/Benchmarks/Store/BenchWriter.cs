using System.Text;

using RaftActors.Core;
using RaftActors.Storage;

namespace RaftActors.Benchmarks.Store;

/// <summary>One process: its store, its prepared writes, and its open write.</summary>
internal sealed class BenchWriter : IStoreListener
{
    private readonly IRaftStore _store;
    private readonly Effect.Persist[] _writes;
    private readonly Action<BenchWriter> _persisted;
    private int _next;

    /// <param name="number">Unique number of the process.</param>
    /// <param name="store">A new store. The constructor opens it.</param>
    /// <param name="payload">Bytes of each value.</param>
    /// <param name="count">Number of writes to prepare.</param>
    /// <param name="persisted">Called on the store's thread.</param>
    public BenchWriter(int number, Func<StoreOwner, IRaftStore> store, int payload, int count, Action<BenchWriter> persisted)
    {
        var owner = new StoreOwner($"group{number}", new ProcessName($"raft{number}@node1@localhost"));
        var pair = new Payload.Pair(null, "key", Encoding.ASCII.GetBytes(new string('v', payload)));
        _persisted = persisted;
        _writes = new Effect.Persist[count];
        for (var i = 0; i < count; i++)
        {
            var entry = new LogEntry(new LogIndex(i + 1), new Term(1), new Serial(i + 1), pair);
            _writes[i] = new Effect.Persist(new Ticket(i + 1), null, [entry]);
        }

        _store = store(owner);
        _store.Open(owner, default, this);
    }

    /// <summary>When the open write was passed to the store.</summary>
    public long Began { get; private set; }

    /// <summary>Starts the next write. True: it is durable already, and there is no callback.</summary>
    public bool Write(long now)
    {
        Began = now;
        return _store.Write(_writes[_next++]);
    }

    public void OnPersisted(Ticket ticket) => _persisted(this);

    public void OnSnapshotSaved(Snapshot snapshot)
    {
    }

    public void OnSpace(bool isShort)
    {
    }

    public void OnFailed(StoreException cause) => Environment.FailFast(cause.Message);
}

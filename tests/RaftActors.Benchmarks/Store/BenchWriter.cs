using System.Text;

using RaftActors.Core;
using RaftActors.Storage;

namespace RaftActors.Benchmarks.Store;

/// <summary>One process: its store, what it will write, made beforehand, and the write that is under way.</summary>
internal sealed class BenchWriter : IStoreListener
{
    private readonly IRaftStore _store;
    private readonly Effect.Persist[] _writes;
    private readonly Action<BenchWriter> _persisted;
    private int _next;

    /// <param name="number">Makes it another one.</param>
    /// <param name="store">New, and opened here.</param>
    /// <param name="payload">Bytes of each value.</param>
    /// <param name="count">How many writes there will be.</param>
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

    /// <summary>When the write that is under way was given to the store.</summary>
    public long Began { get; private set; }

    /// <summary>True: it is durable already, and there is no call.</summary>
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

using System.Collections.Immutable;
using System.Diagnostics;

using RaftActors.Core;
using RaftActors.Storage.Log;

namespace RaftActors.Storage;

/// <summary>
/// A store in memory, for which every write counts as durable at once. It survives a restart of its process as long as the object lives. A
/// process with a new object has a new incarnation. Thread-safe.
/// </summary>
internal sealed class MemoryStore : IRaftStore
{
    private readonly Lock _lock = new();
    private readonly EntryLog _log = new(default);
    private readonly List<(Snapshot Snapshot, ReadOnlyMemory<byte> State)> _snapshots = [];
    private readonly MemoryStream _incoming = new();
    private HardState _hardState = InitialState.Empty.HardState;
    private StoreOwner? _owner;
    private Incarnation _incarnation;
    private IStoreListener? _listener;
    private volatile OwnState? _own;

    public RecoveredState Open(StoreOwner owner, LogSlice preload, IStoreListener listener)
    {
        if (_owner is { } before && before != owner)
        {
            throw new StoreException($"Cannot open the store of {before} for {owner}. Use another store.");
        }

        var isNew = _owner is null;
        if (isNew)
        {
            (_owner, _incarnation) = (owner, new Incarnation(Guid.NewGuid()));
            Append(preload);
        }

        _listener = listener;
        _incoming.SetLength(0);
        var state = new InitialState(_hardState, _log.Entries)
        {
            Base = _log.Range.Base,
            Snapshot = _snapshots.Count > 0 ? _snapshots[^1].Snapshot : null,
        };
        return new RecoveredState(_incarnation, isNew, state, ImmutableArray<string>.Empty);
    }

    public bool Write(Effect.Write write)
    {
        lock (_lock)
        {
            switch (write)
            {
                case Effect.Persist(_, var hardState, var entries):
                    _hardState = hardState ?? _hardState;
                    Append(entries);
                    break;
                case Effect.StoreChunk(_, _, var offset, var data):
                    _incoming.SetLength(offset);
                    _incoming.Position = offset;
                    _incoming.Write(data.Span);
                    break;
                case Effect.InstallSnapshot(_, var snapshot, var keepsLog):
                    _log.Install(snapshot.Position, keepsLog);
                    Keep(snapshot, _incoming.ToArray());
                    _incoming.SetLength(0);
                    break;
                case Effect.Discard(var position, var oldest):
                    _log.Discard(position);
                    _snapshots.RemoveAll(one => one.Snapshot.Position.Index < oldest && one.Snapshot != _snapshots[^1].Snapshot);
                    break;
                default:
                    throw new UnreachableException($"The write {write.GetType().Name} is unknown.");
            }
        }

        return true;
    }

    public ISnapshotWriter BeginSnapshot(Snapshot snapshot) => _own = new OwnState(this, snapshot);

    public ReadOnlyMemory<byte> ReadSnapshot(LogPosition position, long offset, int limit)
    {
        lock (_lock)
        {
            var found = _snapshots.FindIndex(one => one.Snapshot.Position == position);
            if (found < 0)
            {
                throw new StoreException($"The snapshot up to {position} does not exist any more. Read a later one.");
            }

            var state = _snapshots[found].State[(int)offset..];
            return state[..Math.Min(limit, state.Length)];
        }
    }

    public LogSlice ReadLog(LogIndex first, LogIndex last)
    {
        lock (_lock)
        {
            var before = first.Value - 1 - _log.Range.Base.Index.Value;
            return before < 0 || last > _log.Range.Last || last < first
                ? default
                : _log.Entries.Skip((int)before).Take((int)(last.Value - first.Value + 1));
        }
    }

    /// <summary>Closes the store. Its contents stay for the next <see cref="Open"/>.</summary>
    void IDisposable.Dispose() => (_listener, _own) = (null, null);

    private void Append(LogSlice entries)
    {
        foreach (ref readonly var entry in entries)
        {
            _log.Append(entry);
        }
    }

    private void Keep(Snapshot snapshot, ReadOnlyMemory<byte> state)
    {
        if (_snapshots.Count == 0 || snapshot.Position.Index > _snapshots[^1].Snapshot.Position.Index)
        {
            _snapshots.Add((snapshot, state));
        }
    }

    /// <summary>Collects the state of a snapshot, unless another one was begun or the store was closed.</summary>
    private sealed class OwnState(MemoryStore store, Snapshot snapshot) : ISnapshotWriter
    {
        private readonly MemoryStream _bytes = new();

        public bool IsInMemory => true;

        public void Append(ReadOnlySpan<byte> state)
        {
            DemandOpen();
            if (_bytes.Length + state.Length > Array.MaxLength)
            {
                throw new StoreException(
                    $"A snapshot of more than {Array.MaxLength} bytes was not saved: a store in memory takes a state as one block. Set "
                    + "raft.store.directory.");
            }

            _bytes.Write(state);
        }

        public void Complete()
        {
            var whole = snapshot with { Length = _bytes.Length };
            IStoreListener? listener;
            lock (store._lock)
            {
                DemandOpen();
                store.Keep(whole, _bytes.ToArray());
                (listener, store._own) = (store._listener, null);
            }

            listener?.OnSnapshotSaved(whole);
        }

        public void Dispose()
        {
        }

        private void DemandOpen()
        {
            if (store._own != this)
            {
                throw new StoreException($"The snapshot up to {snapshot.Position} was dropped, or its store was closed.");
            }
        }
    }
}

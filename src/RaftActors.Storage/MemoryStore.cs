using System.Collections.Immutable;
using System.Runtime.InteropServices;

using RaftActors.Core;

namespace RaftActors.Storage;

/// <summary>
/// A store in memory: it survives a restart of whoever uses it, as long as the object lives, and no more. A process over a new one is
/// another incarnation.
/// </summary>
public sealed class MemoryStore : IRaftStore
{
    private readonly Lock _lock = new();
    private readonly List<LogEntry> _entries = [];
    private readonly List<(Snapshot Snapshot, ReadOnlyMemory<byte> State)> _snapshots = [];
    private readonly MemoryStream _incoming = new();
    private HardState _hardState = InitialState.Empty.HardState;
    private LogPosition _base;
    private StoreOwner? _owner;
    private Incarnation _incarnation;
    private IStoreListener? _listener;

    /// <inheritdoc/>
    public RecoveredState Open(StoreOwner owner, LogSlice preload, IStoreListener listener)
    {
        var isNew = _owner is null;
        if (_owner is { } before && before != owner)
        {
            throw new StoreException($"The store belongs to {before}, and {owner} was to be started on it.");
        }

        if (isNew)
        {
            (_owner, _incarnation) = (owner, new Incarnation(Guid.NewGuid()));
            _entries.AddRange(preload.Span);
        }

        _listener = listener;
        _incoming.SetLength(0);
        var state = new InitialState(_hardState, LogSlice.Of(CollectionsMarshal.AsSpan(_entries)))
        {
            Base = _base,
            Snapshot = _snapshots.Count > 0 ? _snapshots[^1].Snapshot : null,
        };
        return new RecoveredState(_incarnation, isNew, state, ImmutableArray<string>.Empty);
    }

    /// <inheritdoc/>
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
                    Install(snapshot, keepsLog);
                    break;
                case Effect.Discard(var position, var oldest):
                    DiscardTo(position);
                    _snapshots.RemoveAll(one => one.Snapshot.Position.Index < oldest && one.Snapshot != _snapshots[^1].Snapshot);
                    break;
            }
        }

        return true;
    }

    /// <inheritdoc/>
    public void SaveSnapshot(Snapshot snapshot, ReadOnlyMemory<byte> state)
    {
        lock (_lock)
        {
            Keep(snapshot, state);
        }

        _listener?.OnSnapshotSaved(snapshot);
    }

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> ReadSnapshot(LogPosition position, long offset, int limit)
    {
        lock (_lock)
        {
            var found = _snapshots.FindIndex(one => one.Snapshot.Position == position);
            if (found < 0)
            {
                throw new StoreException($"There is no snapshot up to {position} any more.");
            }

            var state = _snapshots[found].State[(int)offset..];
            return state[..Math.Min(limit, state.Length)];
        }
    }

    /// <summary>What is in it stays.</summary>
    public void Dispose() => _listener = null;

    private void Append(LogSlice entries)
    {
        if (!entries.IsEmpty)
        {
            var kept = (int)(entries[0].Index.Value - _base.Index.Value - 1);
            _entries.RemoveRange(kept, _entries.Count - kept);
            _entries.AddRange(entries.Span);
        }
    }

    private void Install(Snapshot snapshot, bool keepsLog)
    {
        if (!keepsLog)
        {
            _entries.Clear();
            _base = snapshot.Position;
        }

        DiscardTo(snapshot.Position);
        Keep(snapshot, _incoming.ToArray());
        _incoming.SetLength(0);
    }

    private void Keep(Snapshot snapshot, ReadOnlyMemory<byte> state)
    {
        if (_snapshots.Count == 0 || snapshot.Position.Index > _snapshots[^1].Snapshot.Position.Index)
        {
            _snapshots.Add((snapshot, state));
        }
    }

    private void DiscardTo(LogPosition position)
    {
        if (position.Index > _base.Index)
        {
            _entries.RemoveRange(0, (int)Math.Min(_entries.Count, position.Index.Value - _base.Index.Value));
            _base = position;
        }
    }
}

using RaftActors.Core;
using RaftActors.Storage.Log;

namespace RaftActors.Storage;

/// <summary>
/// The handle of one process to its store in a <see cref="StoreDirectory"/>. The store itself is a <see cref="Slot"/> of the shared
/// log and a folder of snapshots.
/// </summary>
internal sealed class FileStore(StoreDirectory directory, StoreOwner owner, Action? closed) : IRaftStore
{
    private readonly StoreOwner _owner = owner;
    private volatile SlotOpening? _opening;

    public TimeSpan? SyncTime => directory.SyncTime;

    public RecoveredState Open(StoreOwner owner, LogSlice preload, IStoreListener listener)
    {
        if (owner != _owner)
        {
            throw new StoreException($"Cannot open the store of {_owner} for {owner}. Call StoreOf for each owner.");
        }

        (_opening, var recovered) = directory.OpenSlot(owner, preload, listener);
        return recovered;
    }

    public bool Write(Effect.Write write)
    {
        directory.Writer.Queue.Add(Opening, write);
        directory.Queued?.Invoke();
        return false;
    }

    public void NoteCommitted(LogIndex index) => Opening.Slot.NoteCommitted(index);

    public ISnapshotWriter BeginSnapshot(Snapshot snapshot) => directory.BeginSnapshot(Opening, snapshot);

    public ReadOnlyMemory<byte> ReadSnapshot(LogPosition position, long offset, int limit) =>
        (Opening.Snapshots ?? throw NotOpen()).Read(position, offset, limit);

    public LogSlice ReadLog(LogIndex first, LogIndex last) => directory.Reader.Read(Opening.Slot, first, last);

    public void Dispose()
    {
        try
        {
            if (_opening is { } opening)
            {
                directory.Close(opening);
            }
        }
        finally
        {
            closed?.Invoke();
        }
    }

    private SlotOpening Opening => _opening ?? throw NotOpen();

    private StoreException NotOpen() => new($"The store of {_owner} is not open. Call Open first.");
}

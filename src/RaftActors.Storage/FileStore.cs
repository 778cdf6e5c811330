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
    private volatile OpenedSlot? _opened;

    public TimeSpan? SyncTime => directory.SyncTime;

    public RecoveredState Open(StoreOwner owner, LogSlice preload, IStoreListener listener)
    {
        if (owner != _owner)
        {
            throw new StoreException($"Cannot open the store of {_owner} for {owner}. Call StoreOf for each owner.");
        }

        (_opened, var recovered) = directory.OpenSlot(owner, preload, listener);
        return recovered;
    }

    public bool Write(Effect.Write write)
    {
        var (slot, opening) = Opened();
        directory.Writer.Queue.Add(slot, opening, write);
        return false;
    }

    public void NoteCommitted(LogIndex index) => Opened().Slot.NoteCommitted(index);

    public void SaveSnapshot(Snapshot snapshot, ReadOnlyMemory<byte> state) => directory.Saver.Save(Opened().Opening, snapshot, state);

    public ISnapshotWriter BeginSnapshot(Snapshot snapshot) => directory.Saver.Begin(Opened().Opening, snapshot);

    public ReadOnlyMemory<byte> ReadSnapshot(LogPosition position, long offset, int limit) =>
        (Opened().Opening.Snapshots ?? throw NotOpen()).Read(position, offset, limit);

    public LogSlice ReadLog(LogIndex first, LogIndex last) => directory.Reader.Read(Opened().Slot, first, last);

    public void Dispose()
    {
        try
        {
            if (_opened is { } opened)
            {
                directory.Close(opened);
            }
        }
        finally
        {
            closed?.Invoke();
        }
    }

    private OpenedSlot Opened() => _opened ?? throw NotOpen();

    private StoreException NotOpen() => new($"The store of {_owner} is not open. Call Open first.");
}

using RaftActors.Core;
using RaftActors.Storage;

namespace RaftActors.Testing.Simulation;

/// <summary>The real store on the model of a disk. A later turn of the node writes the queue.</summary>
internal sealed class SimulatedStore(IRaftStore store, NodeLife life) : IRaftStore
{
    public RecoveredState Open(StoreOwner owner, LogSlice preload, IStoreListener listener) => store.Open(owner, preload, listener);

    public bool Write(Effect.Write write)
    {
        life.WriteSoon();
        return store.Write(write);
    }

    public void NoteCommitted(LogIndex index) => store.NoteCommitted(index);

    public ISnapshotWriter BeginSnapshot(Snapshot snapshot) => store.BeginSnapshot(snapshot);

    public ReadOnlyMemory<byte> ReadSnapshot(LogPosition position, long offset, int limit) => store.ReadSnapshot(position, offset, limit);

    public LogSlice ReadLog(LogIndex first, LogIndex last) => store.ReadLog(first, last);

    public void Dispose() => store.Dispose();
}

namespace RaftActors.Storage.Tests.Log;

/// <summary>Passes the events on under the lock of the disk, so that a waiting test sees them.</summary>
internal sealed class SharedListener(SharedDisk disk, Listener listener) : IStoreListener
{
    public void OnPersisted(Ticket ticket) => disk.Do(_ => listener.OnPersisted(ticket));

    public void OnSnapshotSaved(Snapshot snapshot) => disk.Do(_ => listener.OnSnapshotSaved(snapshot));

    public void OnSpace(bool isShort) => disk.Do(_ => listener.OnSpace(isShort));

    public void OnFailed(StoreException cause) => disk.Do(_ => listener.OnFailed(cause));
}

using RaftActors.Core;

namespace RaftActors.Storage;

/// <summary>The listener of a store whose events do not matter to a test. A failure of the store ends the test.</summary>
internal sealed class SilentListener : IStoreListener
{
    public void OnPersisted(Ticket ticket)
    {
    }

    public void OnSnapshotSaved(Snapshot snapshot)
    {
    }

    public void OnSpace(bool isShort)
    {
    }

    public void OnFailed(StoreException cause) => throw cause;
}

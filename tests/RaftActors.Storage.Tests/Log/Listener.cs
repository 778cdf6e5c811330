namespace RaftActors.Storage.Tests.Log;

/// <summary>Records the calls of a store, in order.</summary>
internal sealed class Listener(List<string>? told = null, string name = "") : IStoreListener
{
    public List<string> Told { get; } = told ?? [];

    public StoreException? Failure { get; private set; }

    public void OnPersisted(Ticket ticket) => Told.Add($"{name}persisted {ticket}");

    public void OnSnapshotSaved(Snapshot snapshot) => Told.Add($"{name}saved {snapshot.Position.Index}");

    public void OnSpace(bool isShort) => Told.Add(isShort ? $"{name}short" : $"{name}room");

    public void OnFailed(StoreException cause)
    {
        Failure = cause;
        Told.Add($"{name}failed");
    }
}

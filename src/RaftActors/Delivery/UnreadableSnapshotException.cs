using RaftActors.Storage;

namespace RaftActors.Delivery;

/// <summary>The store cannot read the snapshot that an actor must restore. Every further life would fail at the same place.</summary>
internal sealed class UnreadableSnapshotException(StoreException cause) : Exception(cause.Message, cause);

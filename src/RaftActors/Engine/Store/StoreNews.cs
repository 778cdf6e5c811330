using RaftActors.Core;
using RaftActors.Storage;

namespace RaftActors.Engine;

/// <summary>A message of a process's store to its engine. Closed.</summary>
internal abstract record StoreNews
{
    private StoreNews()
    {
    }

    /// <summary>This write and all writes before it are durable.</summary>
    public sealed record Persisted(Ticket Ticket) : StoreNews;

    /// <summary>A snapshot of the actor's state is durable.</summary>
    public sealed record SnapshotSaved(Snapshot Snapshot) : StoreNews;

    /// <summary>The snapshot of the actor's state was not saved, because its writer or the store has failed, or it was cancelled.</summary>
    public sealed record StateNotSaved(StateWriting Writing, Exception Failure) : StoreNews;

    /// <summary>The store has read the entries of a message, or has none because they were compacted meanwhile.</summary>
    public sealed record PageRead(Effect.SendEntries Message, Effect.Send? Filled) : StoreNews;

    /// <summary>Pairs were read from the store. There are none if the first one was compacted meanwhile.</summary>
    public sealed record PairsRead(PairReads.Wanted Wanted, ReadOnlyMemory<StoredPair> Pairs) : StoreNews;

    /// <summary>Bytes of a snapshot were read, or could not be read.</summary>
    public sealed record ChunkRead(Effect.SendChunk Message, ReadOnlyMemory<byte> Data, StoreException? Failure) : StoreNews;

    /// <summary>The disk has become nearly full, or has room again.</summary>
    public sealed record Space(bool IsShort) : StoreNews;

    /// <summary>The store has failed. It writes no more.</summary>
    public sealed record Failed(StoreException Cause) : StoreNews;
}

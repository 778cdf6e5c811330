using RaftActors.Core;
using RaftActors.Storage;

namespace RaftActors.Engine;

/// <summary>A message of a process's store to its engine. Closed.</summary>
internal abstract record StoreNews
{
    private StoreNews()
    {
    }

    /// <summary>The write of this ticket and all writes before it are durable.</summary>
    public sealed record Persisted(Ticket Ticket) : StoreNews;

    /// <summary>A snapshot of the actor's state is durable.</summary>
    public sealed record SnapshotSaved(Snapshot Snapshot) : StoreNews;

    /// <summary>The writer of the actor's state has ended. <see cref="SnapshotSaved"/> came before, if it has saved the snapshot.</summary>
    /// <param name="Collected">The state, which the store takes as one block. Null: the store has saved it, or the writer failed.</param>
    /// <param name="Failure">Null: the writer has written the state.</param>
    public sealed record StateStreamed(StateStreaming Streaming, ReadOnlyMemory<byte>? Collected, Exception? Failure) : StoreNews;

    /// <summary>The store's answer to a message whose entries left the memory. Null: the entries were compacted meanwhile.</summary>
    public sealed record PageRead(Effect.SendEntries Message, Effect.Send? Filled) : StoreNews;

    /// <summary>Pairs that left the memory were read. None if the first one was compacted meanwhile.</summary>
    public sealed record PairsRead(PairReads.Wanted Wanted, ReadOnlyMemory<StoredPair> Pairs) : StoreNews;

    /// <summary>Bytes of a snapshot were read.</summary>
    /// <param name="Failure">They could not be read, and there is no data; null: they were.</param>
    public sealed record ChunkRead(Effect.SendChunk Message, ReadOnlyMemory<byte> Data, StoreException? Failure) : StoreNews;

    /// <summary>The disk has become nearly full, or has room again.</summary>
    public sealed record Space(bool IsShort) : StoreNews;

    /// <summary>The store has failed. It writes no more.</summary>
    public sealed record Failed(StoreException Cause) : StoreNews;
}

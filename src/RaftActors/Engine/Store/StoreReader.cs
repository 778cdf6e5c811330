using System.Diagnostics;

using Akka.Actor;

using RaftActors.Core;
using RaftActors.Delivery;
using RaftActors.Storage;

namespace RaftActors.Engine;

/// <summary>
/// Reads the store, one request after the other: evicted entries and pieces of snapshots for messages of Core, and committed pairs for
/// clients and Gets. It is a child of the engine, so that a read delays no heartbeat. An engine has one reader for messages and one for
/// pairs, so that pairs do not delay the replication. <see cref="StoreReads"/> asks them. The engine closes the store after their end.
/// </summary>
internal sealed class StoreReader(HostedStore store, CommittedPairs pairs) : UntypedActor
{
    // Any other failure is passed up, and ends the engine.
    protected override void OnReceive(object message)
    {
        try
        {
            StoreNews news = message switch
            {
                Effect.SendEntries send => Read(send),
                Effect.SendChunk send => Read(send),
                PairReads.Wanted wanted => Read(wanted),
                _ => throw new UnreachableException(),
            };
            Sender.Tell(news, Self);
        }
        catch (StoreException)
        {
            // HostedStore.Fail has told the engine, which stops.
        }
    }

    private StoreNews.PageRead Read(Effect.SendEntries send)
    {
        var entries = store.ReadLog(send.First, send.Last.Index);
        return new StoreNews.PageRead(send, entries.IsEmpty ? null : new Effect.Send(send.With(entries)));
    }

    private StoreNews.ChunkRead Read(Effect.SendChunk send)
    {
        var chunk = (Message.SnapshotChunk)send.Envelope.Body;
        try
        {
            return new StoreNews.ChunkRead(send, store.ReadSnapshot(chunk.Snapshot.Position, send.Offset, send.Limit), null);
        }
        catch (StoreException e)
        {
            return new StoreNews.ChunkRead(send, default, e);
        }
    }

    private StoreNews.PairsRead Read(PairReads.Wanted wanted)
    {
        var batch = new StoredPair[wanted.Max];
        return new StoreNews.PairsRead(wanted, batch.AsMemory(0, pairs.ReadAfter(wanted.After, batch)));
    }
}

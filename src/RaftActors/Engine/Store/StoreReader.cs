using System.Diagnostics;

using Akka.Actor;

using RaftActors.Core;
using RaftActors.Delivery;
using RaftActors.Storage;

namespace RaftActors.Engine;

/// <summary>
/// Reads the store, one request after the other: entries that left the memory and bytes of a snapshot for messages of Core, and committed
/// pairs for clients and Gets of the actor. A child of the engine, so that a read holds up no heartbeat. An engine has one for the messages
/// and one for the pairs, so that pairs do not hold up the replication. <see cref="StoreReads"/> asks. The engine closes the store after
/// its children have ended.
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
            // The store has told the engine, which stops.
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

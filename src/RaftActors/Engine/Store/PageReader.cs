using Akka.Actor;

using RaftActors.Core;
using RaftActors.Storage;

namespace RaftActors.Engine;

/// <summary>
/// Reads what messages of Core need from the store, one message after the other: entries that left the memory, and bytes of a snapshot. A
/// child of the engine, so that a read holds up no heartbeat. <see cref="PeerMessages"/> asks and takes the answers. The engine closes the
/// store after its children have ended.
/// </summary>
internal sealed class PageReader(HostedStore store) : UntypedActor
{
    // Any other failure is passed up, and ends the engine.
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Effect.SendEntries send:
                Read(send);
                break;
            case Effect.SendChunk send:
                Read(send);
                break;
        }
    }

    private void Read(Effect.SendEntries send)
    {
        try
        {
            var entries = store.ReadLog(send.First, send.Last.Index);
            Sender.Tell(new StoreNews.PageRead(send, entries.IsEmpty ? null : new Effect.Send(send.With(entries))), Self);
        }
        catch (StoreException)
        {
            // The store has told the engine, which stops.
        }
    }

    private void Read(Effect.SendChunk send)
    {
        var chunk = (Message.SnapshotChunk)send.Envelope.Body;
        StoreNews.ChunkRead news;
        try
        {
            news = new StoreNews.ChunkRead(send, store.ReadSnapshot(chunk.Snapshot.Position, send.Offset, send.Limit), null);
        }
        catch (StoreException e)
        {
            news = new StoreNews.ChunkRead(send, default, e);
        }

        Sender.Tell(news, Self);
    }
}

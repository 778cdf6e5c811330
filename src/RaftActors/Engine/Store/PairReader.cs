using Akka.Actor;

using RaftActors.Delivery;
using RaftActors.Storage;

namespace RaftActors.Engine;

/// <summary>
/// Reads committed pairs that left the memory, for clients and for Gets of the actor, one request after the other. A child of the engine
/// beside <see cref="PageReader"/>, so that they hold up neither heartbeats nor the replication. <see cref="PairReads"/> asks.
/// </summary>
internal sealed class PairReader(CommittedPairs pairs) : UntypedActor
{
    // Any other failure is passed up, and ends the engine.
    protected override void OnReceive(object message)
    {
        var wanted = (PairReads.Wanted)message;
        try
        {
            var batch = new StoredPair[wanted.Max];
            var count = pairs.ReadAfter(wanted.After, batch);
            Sender.Tell(new StoreNews.PairsRead(wanted, batch.AsMemory(0, count)), Self);
        }
        catch (StoreException e)
        {
            Sender.Tell(new StoreNews.Failed(e), Self);
        }
    }
}

using Akka.Actor;

using RaftActors.Core;
using RaftActors.Storage;

namespace RaftActors.Engine;

/// <summary>
/// Reads the entries of messages that left Core's memory from the store, one message after the other. A child of the engine, so that a read
/// holds up no heartbeat: <see cref="PageDesk"/> asks and takes the answers. The engine closes the store after its children have ended.
/// </summary>
internal sealed class PageReader(HostedStore store) : UntypedActor
{
    // Any other failure is passed up, and ends the engine.
    protected override void OnReceive(object message)
    {
        var send = (Effect.SendEntries)message;
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
}

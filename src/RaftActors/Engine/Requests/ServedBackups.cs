using Akka.Actor;

using RaftActors.Wire;

namespace RaftActors.Engine.Requests;

/// <summary>
/// The requests of clients that take a backup. Each names its place, so the process keeps nothing about a client. Only operators may ask,
/// and each client has one request open, so their number is not bounded here.
/// </summary>
/// <param name="reader">The <see cref="BackupServer"/>, which answers the clients.</param>
internal sealed class ServedBackups(EngineContext context, Lazy<IActorRef> reader)
{
    public void Submit(ClientCall.Backup call, ICanTell client)
    {
        var core = context.Core;
        var why = call switch
        {
            ClientCall.BackupBegin when core.CommittedConfiguration is null => "knows no committed entry of its group yet",
            ClientCall.BackupBegin begin when core.CommittedInStore <= begin.After => $"has stored no entry after {begin.After} yet",
            ClientCall.BackupLog log when log.Last < log.First || log.Last > core.CommittedInStore => $"has not stored {log.Last} yet",
            _ => null,
        };
        if (why is not null)
        {
            context.Clients.Decline(client, $"{context.Process.Name} {why}");
            return;
        }

        reader.Value.Tell(
            new BackupServer.Wanted(call, core.Configuration.Group, core.Snapshot, core.CommittedInStore, client), context.Self);
    }
}

using Akka.Event;

using RaftActors.Core;
using RaftActors.Delivery;

namespace RaftActors.Engine;

/// <summary>
/// Moves the commit index of this process, by entries or by a snapshot. Then tells the other parts and the actor. Invariant:
/// <see cref="RaftProcess.Pairs"/> has the pairs before another part or the actor learns of them.
/// </summary>
internal sealed class Committing(EngineContext context)
{
    private RaftProcess Process => context.Process;

    public void OnCommitted(Effect.Commit commit)
    {
        var before = Process.Pairs.CommittedSerial;
        Process.Pairs.Commit(commit.Entries);
        foreach (var entry in commit.Entries)
        {
            OnCommitted(entry);
        }

        TellCommittedAfter(before);
        context.Appends.SendWaiting();
        context.Gets.OnCommitted();
        context.Proposals.OnCommitted();
        context.ServedGets.ServeHeld();
        context.Queries.OnCommitted();
        context.Clients.OnCommitted();
        context.Snapshots.OnCommitted(commit.Entries);
    }

    /// <summary>
    /// A snapshot from another process replaces the log up to its position. Core continues from it at once, and so do all waits for a
    /// commit. Only the actor waits until the snapshot can be read. The pairs after it wait too.
    /// </summary>
    public void OnInstalled(Snapshot snapshot)
    {
        var position = snapshot.Position;
        context.Commit = position.Index;
        context.CommitConfiguration(snapshot.ConfigurationIndex, snapshot.Configuration);
        Process.Pairs.StartAfter(position, snapshot.Configuration.Era);
        context.Snapshots.OnInstalled(snapshot);
        context.Notices.HoldFor(snapshot);
        TellRestore(position.Serial);
        context.Events.OnConfiguration(snapshot.ConfigurationIndex, snapshot.Configuration);
        context.Log.Info("{0} installs the snapshot {1}", Process.Name, snapshot);
        context.Appends.OnInstalled();
        context.Changes.OnInstalled();
        context.LeaderChanges.OnInstalled();
        context.Proposals.OnCommitted();
        context.ServedGets.ServeHeld();
        context.Queries.OnCommitted();
        context.Clients.OnCommitted();
    }

    /// <summary>Pairs up to this place are compacted. A life that began while the snapshot was saved may not have read them yet.</summary>
    public void OnCompacted(LogPosition position)
    {
        if (Process.Pairs.DiscardTo(position.Serial, position.Index))
        {
            context.Notices.Tell(new ToActor.Restore(context.Life, position.Serial));
        }
    }

    /// <summary>Tells the actor to restore the snapshot that ends at this serial.</summary>
    public void TellRestore(Serial serial)
    {
        context.Gets.OnRestore(serial);
        context.Notices.Tell(new ToActor.Restore(context.Life, serial));
    }

    /// <summary>Tells the actor of the committed pairs above this serial, if there are any.</summary>
    public void TellCommittedAfter(Serial last)
    {
        if (Process.Pairs.CommittedSerial is var committed && committed > last)
        {
            context.Notices.TellCommitted(committed);
        }
    }

    private void OnCommitted(LogEntry entry)
    {
        context.Commit = entry.Index;
        if (entry.Request is { } request && (request.Origin == Process.Member || Process.Appends.CountOfClients > 0))
        {
            context.NoteCommitted(RequestRef.Of(request), entry.Serial);
        }

        if (entry.Configuration is { } configuration)
        {
            context.CommitConfiguration(entry.Index, configuration);
            context.Events.OnConfiguration(entry.Index, configuration);
            context.LeaderChanges.OnCommitted(entry);
        }

        context.Traces.OnCommitted(entry);
        context.Appends.OnCommitted(entry);
        context.Changes.OnCommitted(entry);
    }
}

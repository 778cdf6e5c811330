using Akka.Event;

using RaftActors.Core;

namespace RaftActors.Engine;

/// <summary>
/// Moves the commit index of this process, by entries or by a snapshot. Then tells the desks and the actor. Invariant:
/// <see cref="RaftProcess.Pairs"/> has the pairs before a desk or the actor learns of them.
/// </summary>
internal sealed class CommitDesk(EngineContext context, EngineDesks desks, ILoggingAdapter log)
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
        desks.Appends.SendWaiting();
        desks.Gets.OnCommitted();
        desks.Proposals.OnCommitted();
        desks.Serving.ServeHeld();
        desks.Queries.OnCommitted();
        desks.Clients.OnCommitted();
        desks.Snapshots.OnCommitted(commit.Entries);
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
        Process.Pairs.StartAfter(position);
        desks.Snapshots.OnInstalled(snapshot);
        desks.Notices.HoldFor(snapshot);
        TellRestore(position.Serial);
        desks.Events.OnConfiguration(snapshot.ConfigurationIndex, snapshot.Configuration);
        log.Info("{0} installs the snapshot {1}", Process.Name, snapshot);
        desks.Appends.OnInstalled(position.Index);
        desks.Changes.OnInstalled();
        desks.Leading.OnInstalled();
        desks.Proposals.OnCommitted();
        desks.Serving.ServeHeld();
        desks.Queries.OnCommitted();
        desks.Clients.OnCommitted();
    }

    /// <summary>Pairs up to this place are compacted. A life that began while the snapshot was saved may not have read them yet.</summary>
    public void OnCompacted(LogPosition position)
    {
        if (Process.Pairs.DiscardTo(position.Serial, position.Index))
        {
            desks.Notices.Tell(new ToActor.Restore(context.Life, position.Serial));
        }
    }

    /// <summary>Tells the actor to restore the snapshot that ends at this serial.</summary>
    public void TellRestore(Serial serial)
    {
        desks.Gets.OnRestore(serial);
        desks.Notices.Tell(new ToActor.Restore(context.Life, serial));
    }

    /// <summary>Tells the actor of the committed pairs above this serial, if there are any.</summary>
    public void TellCommittedAfter(Serial last)
    {
        if (Process.Pairs.CommittedSerial is var committed && committed > last)
        {
            desks.Notices.TellCommitted(committed);
        }
    }

    private void OnCommitted(LogEntry entry)
    {
        context.Commit = entry.Index;
        if (entry.Request is { } request
            && (request.Origin == Process.Member || desks.Appends.IsOfClient(request)))
        {
            context.NoteCommitted(RaftProcess.RefOf(request), entry.Serial);
        }

        if (entry.Configuration is { } configuration)
        {
            context.CommitConfiguration(entry.Index, configuration);
            desks.Events.OnConfiguration(entry.Index, configuration);
            desks.Leading.OnCommitted(entry);
        }

        context.Traces.OnCommitted(entry);
        desks.Appends.OnCommitted(entry);
        desks.Changes.OnCommitted(entry);
    }
}

using Akka.Actor;
using Akka.Event;

using RaftActors.Core;
using RaftActors.Storage;
using RaftActors.Wire;

namespace RaftActors.Engine;

/// <summary>
/// Gives the store Core's writes, and Core the store's reports. Invariant: no effect after a failed write is carried out.
/// </summary>
internal sealed class StoreDesk(
    EngineContext context, EngineDesks desks, CommitDesk commits, PageDesk pages, Action<Input> step, ILoggingAdapter log)
{
    // The write of the latest snapshot from another process, until it is durable.
    private Effect.InstallSnapshot? _installing;

    // The snapshot whose failed read was logged.
    private LogPosition? _unreadable;

    private RaftProcess Process => context.Process;

    /// <summary>A report of the store. <see cref="RaftEngine"/> handles <see cref="StoreNews.Failed"/>.</summary>
    public void OnNews(StoreNews news)
    {
        switch (news)
        {
            case StoreNews.Persisted persisted:
                step(new Input.Persisted(persisted.Ticket));
                break;
            case StoreNews.SnapshotSaved saved:
                log.Debug("{0} saved the snapshot {1} of its actor", Process.Name, saved.Snapshot);
                desks.Snapshots.OnSaved(saved.Snapshot);
                break;
            case StoreNews.StateStreamed streamed:
                LogFailure(streamed);
                desks.Snapshots.OnStreamed(streamed);
                break;
            case StoreNews.PageRead page:
                pages.OnRead(page);
                break;
            case StoreNews.Space space:
                OnSpace(space.IsShort);
                break;
        }
    }

    /// <exception cref="StoreException">The write failed, so the engine fails too.</exception>
    public void Write(Effect.Write write)
    {
        switch (write)
        {
            case Effect.Discard discard:
                commits.OnCompacted(discard.Log);
                break;
            case Effect.InstallSnapshot install:
                _installing = install;
                commits.OnInstalled(install.Snapshot);
                break;
        }

        try
        {
            if (Process.Store.Write(write) && write.Acknowledgement is { } ticket)
            {
                step(new Input.Persisted(ticket));
            }
        }
        catch (StoreException e)
        {
            Process.View = Process.View with { Failure = e.Message };
            throw;
        }
    }

    /// <summary>A write is durable. Runs before Core learns of it, because Core's effects may send messages.</summary>
    public void OnPersisted(Ticket ticket)
    {
        if (!context.HasBooted)
        {
            // The first write of each start has the boot.
            context.HasBooted = true;
            desks.OnServerInSight();
        }

        if (_installing is { } install && install.Ticket <= ticket)
        {
            _installing = null;
            Process.View = Process.View with { Snapshot = install.Snapshot };
            desks.Notices.Release(install.Snapshot);
        }
    }

    /// <summary>Reads bytes of a snapshot and sends them. A failed read is logged once for each snapshot.</summary>
    public void SendChunk(Effect.SendChunk send)
    {
        if (send.Envelope.Body is not Message.SnapshotChunk chunk || context.Peers.Find(send.Envelope.To.Name) is not { } engine)
        {
            return;
        }

        try
        {
            var data = Process.Store.ReadSnapshot(chunk.Snapshot.Position, send.Offset, send.Limit);
            var envelope = send.Envelope with { Body = chunk with { Data = data } };
            context.Outbox.SendFirst(engine, new WireMessage.CoreMessage(envelope));
        }
        catch (StoreException e)
        {
            if (_unreadable != chunk.Snapshot.Position)
            {
                _unreadable = chunk.Snapshot.Position;
                log.Error(e, "{0} cannot read the snapshot that {1} needs: {2}", Process.Name, send.Envelope.To.Name, e.Message);
            }
        }
    }

    private void LogFailure(StoreNews.StateStreamed streamed)
    {
        if (streamed is { Failure: StoreException e, Streaming.IsCancelled: false })
        {
            log.Warning("{0}: {1}", Process.Name, e.Message);
        }
    }

    private void OnSpace(bool isShort)
    {
        Process.View = Process.View with { IsDiskNearlyFull = isShort };
        if (isShort)
        {
            log.Warning(
                "{0}: the disk of its store is nearly full (raft.store.free-space-floor), so it takes no more pairs. Make room on it.",
                Process.Name);
        }
        else
        {
            log.Info("{0}: there is room again on the disk of its store", Process.Name);
        }

        step(new Input.DiskSpace(isShort));
    }
}

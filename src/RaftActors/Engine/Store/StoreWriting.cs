using Akka.Actor;
using Akka.Event;

using RaftActors.Core;
using RaftActors.Storage;
using RaftActors.Wire;

namespace RaftActors.Engine;

/// <summary>
/// Gives the store Core's writes, and Core the store's reports. Invariant: no effect after a failed write is carried out.
/// </summary>
internal sealed class StoreWriting(EngineContext context)
{
    // The write of the latest snapshot from another process, until it is durable.
    private Effect.InstallSnapshot? _installing;

    // The pieces of snapshots that are being read, by receiver and offset.
    private readonly HashSet<(ProcessName To, long Offset)> _chunks = [];

    // The snapshot whose failed read was logged.
    private LogPosition? _unreadable;

    private RaftProcess Process => context.Process;

    /// <summary>A report of the store. <see cref="RaftEngine"/> handles <see cref="StoreNews.Failed"/>.</summary>
    public void OnNews(StoreNews news)
    {
        switch (news)
        {
            case StoreNews.Persisted persisted:
                context.Step(new Input.Persisted(persisted.Ticket));
                break;
            case StoreNews.SnapshotSaved saved:
                context.Log.Debug("{0} saved the snapshot {1} of its actor", Process.Name, saved.Snapshot);
                context.Snapshots.OnSaved(saved.Snapshot);
                break;
            case StoreNews.StateStreamed streamed:
                LogFailure(streamed);
                context.Snapshots.OnStreamed(streamed);
                break;
            case StoreNews.PageRead page:
                context.PeerMessages.OnRead(page);
                break;
            case StoreNews.PairsRead pairs:
                context.Pairs.OnRead(pairs);
                break;
            case StoreNews.ChunkRead chunk:
                OnRead(chunk);
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
                context.Commits.OnCompacted(discard.Log);
                break;
            case Effect.InstallSnapshot install:
                _installing = install;
                context.Commits.OnInstalled(install.Snapshot);
                break;
        }

        try
        {
            if (Process.Store.Write(write) && write.Acknowledgement is { } ticket)
            {
                context.Step(new Input.Persisted(ticket));
            }
        }
        catch (StoreException e)
        {
            Process.Status = Process.Status with { Failure = e.Message };
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
            context.OnServerInSight();
        }

        if (_installing is { } install && install.Ticket <= ticket)
        {
            _installing = null;
            Process.Snapshot = install.Snapshot;
            context.SnapshotCalls.OnDurable();
            context.Notices.Release(install.Snapshot);
        }
    }

    /// <summary>Sends bytes of a snapshot once they are read. A piece that is being read is not read for the same process again.</summary>
    public void SendChunk(Effect.SendChunk send)
    {
        if (_chunks.Add((send.Envelope.To.Name, send.Offset)))
        {
            context.Reads.Begin(send);
            context.PageReader.Tell(send, context.Self);
        }
    }

    // A failed read is logged once for each snapshot.
    private void OnRead(StoreNews.ChunkRead news)
    {
        var (envelope, offset) = (news.Message.Envelope, news.Message.Offset);
        _chunks.Remove((envelope.To.Name, offset));
        context.Reads.End(news.Message);
        if (envelope.Body is not Message.SnapshotChunk chunk)
        {
            return;
        }

        if (news.Failure is { } failure)
        {
            if (_unreadable != chunk.Snapshot.Position)
            {
                _unreadable = chunk.Snapshot.Position;
                context.Log.Error(
                    failure, "{0} cannot read the snapshot that {1} needs: {2}", Process.Name, envelope.To.Name, failure.Message);
            }
        }
        else if (context.Peers.Find(envelope.To.Name) is { } engine)
        {
            var filled = envelope with { Body = chunk with { Data = news.Data } };
            context.Outbox.Send(engine, new WireMessage.CoreMessage(filled));
        }
    }

    private void LogFailure(StoreNews.StateStreamed streamed)
    {
        if (streamed is { Failure: StoreException e, Streaming.IsCancelled: false })
        {
            context.Log.Warning("{0}: {1}", Process.Name, e.Message);
        }
    }

    private void OnSpace(bool isShort)
    {
        Process.Status = Process.Status with { IsDiskNearlyFull = isShort };
        if (isShort)
        {
            context.Log.Warning(
                "{0}: the disk of its store is nearly full (raft.store.free-space-floor), so it takes no more pairs. Make room on it.",
                Process.Name);
        }
        else
        {
            context.Log.Info("{0}: there is room again on the disk of its store", Process.Name);
        }

        context.Step(new Input.DiskSpace(isShort));
    }
}

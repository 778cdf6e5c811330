using Akka.Actor;
using Akka.Event;

using RaftActors.Core;
using RaftActors.Storage;
using RaftActors.Wire;

namespace RaftActors.Engine;

// Gives the store what Core writes and reads, and Core the reports of the store.
internal sealed partial class RaftEngine
{
    // The write of the latest snapshot from another process, until it is durable.
    private Effect.InstallSnapshot? _installing;

    // The snapshot whose failed read was logged.
    private LogPosition? _unreadable;

    private void OnStoreNews(StoreNews news)
    {
        switch (news)
        {
            case StoreNews.Persisted persisted:
                Step(new Input.Persisted(persisted.Ticket));
                break;
            case StoreNews.SnapshotSaved saved:
                _log.Debug("{0} saved the snapshot {1} of its actor", _process.Pid.Name, saved.Snapshot);
                _snapshots.OnSaved(saved.Snapshot);
                break;
            case StoreNews.Space space:
                OnSpace(space.IsShort);
                break;
            case StoreNews.Failed failed:
                StopFor(failed.Cause.Message);
                break;
        }
    }

    private void StopFor(string failure)
    {
        _process.View = _process.View with { Failure = failure };
        Context.Stop(Self);
    }

    private void OnSpace(bool isShort)
    {
        if (isShort)
        {
            _log.Warning(
                "{0}: the disk of its store is nearly full (raft.store.free-space-floor), so it takes no more pairs. Make room on it.",
                _process.Pid.Name);
        }
        else
        {
            _log.Info("{0}: there is room again on the disk of its store", _process.Pid.Name);
        }

        Step(new Input.DiskSpace(isShort));
    }

    private void Write(Effect.Write write)
    {
        if (write is Effect.Discard { Log.Serial: var compacted })
        {
            if (_process.Pairs.DiscardTo(compacted))
            {
                // A life that began while the snapshot was saved may not have read these pairs yet.
                _notices.Tell(() => new ToActor.Restore(_context.Life, compacted));
            }
        }
        else if (write is Effect.InstallSnapshot install)
        {
            OnInstall(install);
        }

        try
        {
            if (_process.Store.Write(write) && write.Acknowledgement is { } ticket)
            {
                _inputs.Enqueue(new Input.Persisted(ticket));
            }
        }
        catch (StoreException e)
        {
            // No effect after a failed write may be carried out, so the engine fails with this message.
            _process.View = _process.View with { Failure = e.Message };
            throw;
        }
    }

    /// <summary>Runs before Core gets the input, because Core's effects may send messages.</summary>
    private void OnPersisted(Ticket ticket)
    {
        if (!_context.HasBooted)
        {
            // The first write of each start has the boot.
            _context.HasBooted = true;
            OnServerInSight();
        }

        if (_installing is { } install && install.Ticket <= ticket)
        {
            _installing = null;
            _process.View = _process.View with { Snapshot = install.Snapshot };
            _notices.Release(install.Snapshot);
        }
    }

    // Core continues from the snapshot at once, and so do all waits for a commit. Only the actor waits until the snapshot can be read. The
    // pairs after it wait too.
    private void OnInstall(Effect.InstallSnapshot install)
    {
        var position = install.Snapshot.Position;
        _installing = install;
        _context.Commit = position.Index;
        _context.CommitConfiguration(install.Snapshot.ConfigurationIndex, install.Snapshot.Configuration);
        _process.Pairs.StartAfter(position);
        _snapshots.OnInstalled(install.Snapshot);
        _notices.HoldFor(install.Snapshot);
        TellRestore(position.Serial);
        _events.OnConfiguration(install.Snapshot.ConfigurationIndex, install.Snapshot.Configuration);
        _log.Info("{0} installs the snapshot {1}", _process.Pid.Name, install.Snapshot);
        _appends.OnInstalled(position.Index);
        _changes.OnInstalled();
        _leading.OnInstalled();
        _proposals.OnCommitted();
        _serving.ServeHeld();
        _queries.OnCommitted();
    }

    private void TellRestore(Serial serial)
    {
        _gets.OnRestore(serial);
        _notices.Tell(() => new ToActor.Restore(_context.Life, serial));
    }

    // For a life that is behind the latest snapshot. A life that does not take snapshots gets the pairs, unless they are compacted.
    private Serial TellLatestSnapshot(ToEngine.Attach attach)
    {
        if (_core.Snapshot is { Position.Serial: var serial }
            && serial > attach.LastSerial
            && (attach.TakesSnapshots || attach.LastSerial < _process.Pairs.Base))
        {
            TellRestore(serial);
            return serial;
        }

        return attach.LastSerial;
    }

    private void SendChunk(Effect.SendChunk send)
    {
        if (send.Envelope.Body is not Message.SnapshotChunk chunk || _context.Peers.Find(send.Envelope.To.Name) is not { } engine)
        {
            return;
        }

        try
        {
            var data = _process.Store.ReadSnapshot(chunk.Snapshot.Position, send.Offset, send.Limit);
            var envelope = send.Envelope with { Body = chunk with { Data = data } };
            engine.Tell(new WireMessage.CoreMessage(_process.Pid.Number, envelope), Self);
        }
        catch (StoreException e)
        {
            if (_unreadable != chunk.Snapshot.Position)
            {
                _unreadable = chunk.Snapshot.Position;
                _log.Error(e, "{0} cannot read the snapshot that {1} needs: {2}", _process.Pid.Name, send.Envelope.To.Name, e.Message);
            }
        }
    }
}

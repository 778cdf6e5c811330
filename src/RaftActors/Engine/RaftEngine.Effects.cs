using System.Diagnostics;

using Akka.Event;

using RaftActors.Core;
using RaftActors.Storage;

namespace RaftActors.Engine;

/// <content> Feeds Core, and carries out its effects in their order. </content>
internal sealed partial class RaftEngine
{
    private readonly Queue<Input> _inputs = [];
    private bool _isStepping;

    // The write of the latest snapshot from another process, until it is durable.
    private Effect.InstallSnapshot? _installing;

    private void Step(Input input)
    {
        _inputs.Enqueue(input);
        if (_isStepping)
        {
            return;
        }

        _isStepping = true;
        while (_inputs.TryDequeue(out var next))
        {
            // Invariant: the clock is read after the input was made, so a lease that holds at this time was not lost before the query.
            var now = _time.HighResMonotonicClock;
            if (next is Input.Persisted persisted)
            {
                OnPersisted(persisted.Ticket);
            }

            var effects = _context.Core.Step(next, now);
            _events.OnStepped();
            _peers.TellNames();
            foreach (var effect in effects)
            {
                CarryOut(effect);
            }

            Process.Pairs.EvictTo(_context.Core.Floor.Serial);
            Process.Store.NoteCommitted(_context.Core.CommittedInStore);
            switch (next)
            {
                case Input.PeerReachable(var peer):
                    foreach (var part in _parts)
                    {
                        part.OnReachable(peer);
                    }

                    OnServerInSight();
                    break;
                case Input.PeerUnreachable(var peer):
                    foreach (var part in _parts)
                    {
                        part.OnUnreachable(peer);
                    }

                    break;
            }
        }

        _isStepping = false;
    }

    private void CarryOut(Effect effect)
    {
        switch (effect)
        {
            case Effect.Send send:
                _peers.Send(send);
                break;
            case Effect.SendChunk send:
                _peers.Send(send);
                break;
            case Effect.SendEntries send:
                _peers.Send(send);
                break;
            case Effect.Write write:
                Write(write);
                break;
            case Effect.Commit commit:
                OnCommitted(commit);
                break;
            case Effect.Accepted accepted:
                _proposals.OnAccepted(accepted);
                break;
            case Effect.Rejected rejected:
                _proposals.OnRejected(rejected);
                break;
            case Effect.Overtaken overtaken:
                _proposals.OnOvertaken(overtaken);
                break;
            case Effect.Repeated repeated:
                _proposals.OnRepeated(repeated);
                break;
            case Effect.ReadReady ready:
                _queries.OnReady(ready);
                break;
            case Effect.ReadFailed failed:
                _queries.OnFailed(failed);
                break;
            case Effect.PeerMet met:
                _notices.OnMet(met);
                break;
            case Effect.QuorumChanged changed:
                _notices.OnQuorum(changed.Quorum);
                OnServerInSight();
                break;
            case Effect.LeaderChanged changed:
                OnLeader(changed.Leader);
                break;
            case Effect.TransferEnded ended:
                OnTransferEnded(ended);
                break;
            case Effect.MembersAccepted accepted:
                _changes.OnAccepted(accepted);
                break;
            case Effect.MembersRefused refused:
                _changes.OnRefused(refused);
                break;
            case Effect.MembersDecided decided:
                _events.OnDecided(decided);
                break;
            case Effect.Refused refused:
                _events.OnRefused(refused);
                _joining.OnRefused(refused.Reason);
                break;
            case Effect.DuplicateRefused refused:
                _peers.OnDuplicateRefused(refused);
                break;
            case Effect.Quiesced quiesced:
                _peers.OnQuiesced(quiesced);
                break;
            case Effect.Woken:
                // Needs no call, because KeepTicking runs after each turn.
                break;
            case Effect.Unwatched:
                _peers.EndWatch();
                break;
            case Effect.Fenced fenced:
                _events.OnFenced(fenced.Detail);
                _snapshots.OnFenced(fenced.Detail);
                break;
            default:
                throw new UnreachableException($"Unknown effect {effect.GetType()}.");
        }
    }

    // Invariant: no effect after a failed write is carried out. The failure ends the engine.
    private void Write(Effect.Write write)
    {
        switch (write)
        {
            case Effect.Discard { Log: var covered }:
                if (Process.Pairs.DiscardTo(covered.Serial, covered.Index))
                {
                    // A life that began while the snapshot was saved may lack these pairs, so it restores the snapshot.
                    _notices.TellRestore(covered.Serial);
                }

                break;
            case Effect.InstallSnapshot install:
                _installing = install;
                OnInstalled(install.Snapshot);
                break;
        }

        try
        {
            if (Process.Store.Write(write) && write.Acknowledgement is { } ticket)
            {
                Step(new Input.Persisted(ticket));
            }
        }
        catch (StoreException e)
        {
            Process.Status = Process.Status with { Failure = RaftProcess.OfStore(e) };
            throw;
        }
    }

    // Runs before Core learns that a write is durable, because the effects of Core may be messages.
    private void OnPersisted(Ticket ticket)
    {
        if (!_context.HasBooted)
        {
            // The first write of each start makes the boot durable.
            _context.HasBooted = true;
            OnServerInSight();
        }

        if (_installing is { } install && install.Ticket <= ticket)
        {
            _installing = null;
            Process.Snapshot = install.Snapshot;
            _snapshots.OnDurable();
            _notices.Release(install.Snapshot);
        }
    }

    // Invariant: Process.Pairs has the pairs before a part or the actor learns of them.
    private void OnCommitted(Effect.Commit commit)
    {
        var before = Process.Pairs.CommittedSerial;
        Process.Pairs.Commit(commit.Entries);
        foreach (var entry in commit.Entries)
        {
            OnCommitted(entry);
        }

        foreach (var part in _parts)
        {
            part.OnCommitted(commit.Entries, before);
        }

        OnCommitMoved();
    }

    private void OnCommitted(LogEntry entry)
    {
        _context.Commit = entry.Index;
        if (entry.Request is { } request && (request.Origin == Process.Member || Process.Appends.CountOfClients > 0))
        {
            _context.NoteCommitted(RequestRef.Of(request), entry.Serial);
        }

        if (entry.Configuration is { } configuration)
        {
            var before = _context.Configuration;
            _context.CommitConfiguration(entry.Index, configuration);
            foreach (var part in _parts)
            {
                part.OnConfiguration(before, entry.Index, configuration);
            }
        }

        foreach (var part in _entryParts)
        {
            part.OnCommitted(entry);
        }
    }

    // Core and the requests that wait for a commit go on from the position of the snapshot at once. Only the actor waits, for the snapshot
    // and for the pairs after it, until the snapshot is durable.
    private void OnInstalled(Snapshot snapshot)
    {
        var position = snapshot.Position;
        _context.Commit = position.Index;
        _context.CommitConfiguration(snapshot.ConfigurationIndex, snapshot.Configuration);
        Process.Pairs.StartAfter(position, snapshot.Configuration);
        _context.Log.Info("{0} installs the snapshot {1}", Process.Name, snapshot);
        foreach (var part in _parts)
        {
            part.OnInstalled(snapshot);
        }

        OnCommitMoved();
    }

    private void OnCommitMoved()
    {
        foreach (var part in _parts)
        {
            part.OnCommitMoved();
        }
    }

    private void OnLeader(LeaderView? leader)
    {
        var hasLed = _context.Leads;
        _context.Leader = leader;
        if (hasLed && !_context.Leads)
        {
            foreach (var part in _parts)
            {
                part.OnDeposed();
            }
        }

        foreach (var part in _parts)
        {
            part.OnLeader(leader);
        }

        OnServerInSight();
    }

    private void OnServerInSight()
    {
        foreach (var part in _parts)
        {
            part.OnServerInSight();
        }
    }

    private void OnTransferEnded(Effect.TransferEnded ended)
    {
        var (target, end) = (ended.Target?.Value ?? "any voter", ended.Reason?.ToString() ?? "Done");
        _context.Log.Info("{Process}: the transfer of the leadership to {Target} ended: {Outcome}", Process.Name, target, end);
        _changes.OnTransferEnded(ended);
        _stopping.OnTransferEnded(ended);
    }
}

using Akka.Actor;
using Akka.Event;

using RaftActors.Core;
using RaftActors.Delivery;
using RaftActors.Engine.Requests;
using RaftActors.Network;
using RaftActors.Storage;
using RaftActors.Wire;

namespace RaftActors.Engine;

/// <content>
/// The messages to the engine. <see cref="Take"/> passes each to the method of its family, and that to the part that handles it.
/// </content>
internal sealed partial class RaftEngine
{
    // The most messages of the actor that one turn reads.
    private const int InboxBatch = 256;

    // The actor that the engine watches.
    private IActorRef? _watched;

    private void Take(object message)
    {
        switch (message)
        {
            case WireMessage wire:
                OnWire(wire, Sender);
                break;
            case WireBatch batch:
                foreach (var each in batch.Messages)
                {
                    OnWire(each, Sender);
                }

                break;
            case StoreNews news:
                OnStore(news);
                break;
            case ToEngine own:
                OnOwn(own);
                break;
            case PeerNews news:
                _peers.OnNews(news);
                break;
            case PrepareStop:
                _stopping.Begin(Sender);
                break;
            case Terminated terminated:
                OnTerminated(terminated.ActorRef);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void OnWire(WireMessage message, IActorRef sender)
    {
        switch (message)
        {
            case WireMessage.Traced traced:
                _traces.Receive(traced);
                OnWire(traced.Inner, sender);
                break;
            case WireMessage.CoreMessage core:
                _peers.Receive(core, sender);
                break;
            case WireMessage.AppendRequest append:
                _proposals.Submit(append, new RemoteOrigin(_context, sender));
                break;
            case AppendReply reply:
                _appends.Receive(reply);
                break;
            case WireMessage.GetRequest get:
                _servedGets.Submit(get, sender);
                break;
            case GetReply reply:
                _gets.Receive(reply, sender);
                break;
            case WireMessage.Digest digest:
                _digests.Receive(digest, sender);
                break;
            case WireMessage.Leaving leaving:
                _stopping.Receive(leaving, sender);
                break;
            default:
                // A faulty or newer node may send such a message. An exception would stop this engine.
                Unhandled(message);
                break;
        }
    }

    private void OnStore(StoreNews news)
    {
        switch (news)
        {
            case StoreNews.Persisted persisted:
                Step(new Input.Persisted(persisted.Ticket));
                break;
            case StoreNews.SnapshotSaved saved:
                _context.Log.Debug("{0} saved the snapshot {1} of its actor", Process.Name, saved.Snapshot);
                _snapshots.OnSaved(saved.Snapshot);
                break;
            case StoreNews.StateNotSaved lost:
                if (lost is { Failure: StoreException e, Writing.IsCancelled: false })
                {
                    _context.Log.Warning("{0}: {1}", Process.Name, e.Message);
                }

                _snapshots.OnNotSaved(lost);
                break;
            case StoreNews.PageRead page:
                _peers.OnRead(page);
                break;
            case StoreNews.PairsRead pairs:
                _pairs.OnRead(pairs);
                break;
            case StoreNews.ChunkRead chunk:
                _peers.OnRead(chunk);
                break;
            case StoreNews.Space space:
                OnSpace(space.IsShort);
                break;
            case StoreNews.Failed failed:
                StopFor(RaftProcess.OfStore(failed.Cause));
                break;
        }
    }

    private void OnSpace(bool isShort)
    {
        Process.Status = Process.Status with { IsDiskNearlyFull = isShort };
        if (isShort)
        {
            _context.Log.Warning(
                "{0}: the disk of its store is nearly full (raft.store.free-space-floor), so it takes no more pairs. Make room on it.",
                Process.Name);
        }
        else
        {
            _context.Log.Info("{0}: there is room again on the disk of its store", Process.Name);
        }

        Step(new Input.DiskSpace(isShort));
    }

    private void OnOwn(ToEngine message)
    {
        switch (message)
        {
            case ToEngine.Tick tick:
                if (_ticks.Take(tick) is > 0 and var late)
                {
                    Count(1, late);
                }

                break;
            case ToEngine.ReadInbox:
                ReadInbox();
                break;
            case ToEngine.CallTurn:
                ReadCalls();
                break;
            case ToEngine.ProposeTurn:
                _proposals.OnTurn();
                break;
            case ToEngine.Append append:
                _appends.Submit(append);
                break;
            case ToEngine.Query query:
                _queries.Submit(new ReadableQuery(query.Request), query.Timeout, query.Consistency);
                break;
            case ToEngine.Get get:
                _gets.Submit(get);
                break;
            case ToEngine.Validated validated:
                _proposals.OnValidated(validated);
                break;
            case ToEngine.Served served:
                _servedGets.OnServed(served);
                break;
            case ToEngine.WantSnapshot:
                _snapshots.Ask();
                break;
            case ToEngine.StateBegun begun:
                _snapshots.OnStateBegun(begun.Serial);
                break;
            case ToEngine.State state:
                _snapshots.OnState(state);
                break;
            case ToEngine.StateOffered offered:
                _rebuild.OnOffered(offered);
                break;
            case ToEngine.Attach attach:
                OnAttach(attach, Sender);
                break;
            case ToEngine.Digest digest:
                _digests.OnOwn(digest.Value);
                break;
            case ToEngine.JoinAsked asked:
                _joining.OnAsked(asked);
                break;
            case ToEngine.HoldEnded:
                _hold.OnEnded();
                break;
            case ToEngine.Unable unable:
                StopFor(unable.Detail);
                break;
        }
    }

    // Invariant: one turn reads a bounded number of the actor's messages, so that heartbeats and ticks do not wait for all of them.
    private void ReadInbox()
    {
        var inbox = Process.Engine;
        for (var read = 0; read < InboxBatch && inbox.TryTake(_context.Life, out var message); read++)
        {
            OnOwn(message);
        }

        _queries.AskWaiting();
        if (inbox.EndReading(_context.Life))
        {
            Self.Tell(ToEngine.ReadInbox.Instance, Self);
        }
    }

    private void ReadCalls()
    {
        for (var read = 0; read < CallInbox.TurnMax && _calls.TryTake(out var next); read++)
        {
            OnCall(next.Call, next.Caller);
        }

        _calls.EndReading();
        _queries.AskWaiting();
    }

    private void OnCall(ClientCall call, ICanTell client)
    {
        switch (call)
        {
            case ClientCall.Append append:
                _clients.Submit(append, client);
                break;
            case ClientCall.Close close when _context.Leads:
                _closed.Add(close.Last);
                break;
            case ClientCall.Close close:
                _context.TryPassOn(close, client);
                break;
            case ClientCall.Query query:
                _queries.Submit(query, client);
                break;
            case ClientCall.Read read:
                _clients.Submit(read, client);
                break;
            case ClientCall.Change change:
                _changes.Submit(change, client);
                break;
            case ClientCall.TakeSnapshot snapshot:
                _snapshots.Submit(snapshot, client);
                break;
            case ClientCall.Backup backup:
                _clients.Submit(backup, client);
                break;
            case ClientCall.Locate:
                client.Tell(_clients.Locate(), Self);
                break;
            case ClientCall.Ping:
                client.Tell(_clients.OnPing(), Self);
                break;
            case ClientCall.Status:
                // The engine answers, because the process counts in majorities although its actor may be slow or restart.
                client.Tell(Process.Describe(Process.Delivered, _context.Actor), Self);
                break;
            case ClientCall.Explain:
                client.Tell(Explain(), Self);
                break;
            case ClientCall.Events:
                client.Tell(_context.DescribeEvents(), Self);
                break;
            case ClientCall.Describe:
                client.Tell(ProcessDescription.Of(Process.Settings), Self);
                break;
            default:
                client.Tell(new ClientReply.Failed(
                    RaftFailure.NotDone(FailureReason.Invalid, "This call goes to a node. Ask its registry, without a process.")), Self);
                break;
        }
    }

    private Outcome<string> Explain()
    {
        var waiting = $"waiting: {_appends.Count} appends, {_gets.Count} gets, {_queries.Count} queries";
        var text = EngineExplanation.Of(_context, [.. _changes.Explain(), waiting]);
        return new Outcome<string> { Serial = Process.Pairs.CommittedSerial, Result = text, Request = Process.ToRef(0) };
    }

    // Invariant: a new life gets all news of earlier lives, in the same order.
    private void OnAttach(ToEngine.Attach attach, IActorRef actor)
    {
        var isOtherActor = _watched is null || !_watched.Equals(actor);
        if (isOtherActor)
        {
            _watched = Context.Watch(actor);
        }

        OnLifeEnded();
        _context.Attach(actor, attach.Life, attach.TakesSnapshots, attach.ValidatesProposals);
        _context.TellActor(new ToActor.Attached(attach.Life, Self, _context.Own));
        var last = TellLatestSnapshot(attach);
        Process.Appends.EndCommittedTo(attach.LastSerial, Self);
        foreach (var (request, serial) in Process.Appends.Committed())
        {
            // The earlier life did not end it. It may be a repeat, or a snapshot may cover its pair.
            _context.TellActor(new ToActor.Repeated(attach.Life, request, serial));
        }

        if (isOtherActor)
        {
            Process.Appends.EndCancelled(Self);
            _peers.TellActor();
        }

        foreach (var part in _parts)
        {
            part.OnAttached(last);
        }

        _calls.OnActor(_context);
    }

    // A life that is behind the latest snapshot restores it. A life that does not restore snapshots gets the pairs unless they are
    // compacted.
    private Serial TellLatestSnapshot(ToEngine.Attach attach)
    {
        if (_context.Core.Snapshot is { Position.Serial: var serial }
            && serial > attach.LastSerial
            && (attach.TakesSnapshots || attach.LastSerial < Process.Pairs.Base))
        {
            _notices.TellRestore(serial);
            return serial;
        }

        return attach.LastSerial;
    }

    // The end of an actor is ignored if it comes after the next actor of its name has attached.
    private void OnTerminated(IActorRef actor)
    {
        if (!actor.Equals(_watched))
        {
            return;
        }

        _watched = null;
        _context.Detach();
        OnLifeEnded();
        _proposals.RefuseAll();
        _peers.TellActor();
        _calls.OnActor(_context);
        if (Process.Engine.TryAnnounce())
        {
            // The actor stopped before it knew the engine, so this side reads its Appends and changes.
            Self.Tell(ToEngine.ReadInbox.Instance, Self);
        }
    }

    private void OnLifeEnded()
    {
        foreach (var part in _parts)
        {
            part.OnLifeEnded();
        }
    }
}

using Akka.Actor;

using RaftActors.Delivery;

namespace RaftActors.Engine;

/// <summary>
/// Begins and ends the lives of the user's actor in this engine. Invariant: a new life gets all news that earlier lives got, in the same
/// order.
/// </summary>
internal sealed class ActorLives(EngineContext context, ICanWatch watcher)
{
    private IActorRef? _watched;

    public void OnAttach(ToEngine.Attach attach, IActorRef actor)
    {
        var isOtherActor = _watched is null || !_watched.Equals(actor);
        if (isOtherActor)
        {
            _watched = watcher.Watch(actor);
        }

        context.OnLifeEnded();
        context.Attach(actor, attach.Life, attach.TakesSnapshots, attach.JudgesProposals);
        context.TellActor(new ToActor.Attached(attach.Life, context.Self, context.Own));
        var last = TellLatestSnapshot(attach);
        context.Process.Appends.EndCommittedTo(attach.LastSerial, context.Self);
        foreach (var (request, serial) in context.Process.Appends.Committed())
        {
            // It may be a repeat, or a snapshot covers its pair and has its result. The life before did not end it.
            context.TellActor(new ToActor.Repeated(attach.Life, request, serial));
        }

        if (isOtherActor)
        {
            context.Process.Appends.EndCancelled(context.Self);
            context.PeerMessages.TellActor();
        }

        context.Views.TellAll();
        context.Commits.TellCommittedAfter(last);
        context.Proposals.ShowAll();
        context.Snapshots.OnAttached();
        context.Hold.OnAttached();
    }

    /// <summary>A stopped actor may end after the next actor of its name has attached. Then the end is ignored.</summary>
    public void OnTerminated(IActorRef actor)
    {
        if (!actor.Equals(_watched))
        {
            return;
        }

        _watched = null;
        context.Detach();
        context.OnLifeEnded();
        context.Proposals.RefuseAll();
        context.PeerMessages.TellActor();
        if (context.Process.Inbox.TryAnnounce())
        {
            // The actor stopped before it knew the engine. Its Appends and changes continue.
            context.Self.Tell(ToEngine.ReadInbox.Instance, context.Self);
        }
    }

    // For a life that is behind the latest snapshot. A life that does not take snapshots gets the pairs, unless they are compacted.
    private Serial TellLatestSnapshot(ToEngine.Attach attach)
    {
        if (context.Core.Snapshot is { Position.Serial: var serial }
            && serial > attach.LastSerial
            && (attach.TakesSnapshots || attach.LastSerial < context.Process.Pairs.Base))
        {
            context.Commits.TellRestore(serial);
            return serial;
        }

        return attach.LastSerial;
    }
}

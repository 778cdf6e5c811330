using Akka.Actor;

using RaftActors.Delivery;

namespace RaftActors.Engine;

/// <summary>
/// Carries an actor's messages to its engine. A message waits in the inbox until the engine knows the actor's life. Outlives the lives of
/// the actor. For the living actor's thread only.
/// </summary>
internal sealed class EngineLink(RaftProcess process)
{
    // The engine, and the latest life of the actor that it knows.
    private (IActorRef? Ref, long Life) _engine;

    /// <summary>The engine has stopped and is not started again, and the actor has been told.</summary>
    public bool HasStopped { get; private set; }

    /// <summary>
    /// Tells the engine. An Append survives the life that made it. After the engine has stopped, the message ends without success, through
    /// the actor's mailbox.
    /// </summary>
    public void Tell(ToEngine message, IActorRef actor, long life)
    {
        if (HasStopped)
        {
            Cancel(message, actor, life);
            return;
        }

        process.Inbox.Add(message, life);
        if (_engine is ({ } engine, var known) && known == life && process.Inbox.TryAnnounce())
        {
            engine.Tell(ToEngine.ReadInbox.Instance, actor);
        }
    }

    /// <summary>The engine knows a life of the actor.</summary>
    public void Meet(IActorRef engine, long life)
    {
        _engine = (engine, life);
        if (process.Inbox.TryAnnounce())
        {
            engine.Tell(ToEngine.ReadInbox.Instance, ActorRefs.NoSender);
        }
    }

    /// <summary>The engine has stopped: messages that it did not read end without success.</summary>
    public void Lose(IActorRef actor, long life)
    {
        HasStopped = true;
        while (process.Inbox.TryTake(life, out var lost))
        {
            // DeliveryOrder and RaftContext end the Gets and Queries of this life.
            if (lost is not (ToEngine.Get or ToEngine.Query))
            {
                Cancel(lost, actor, life);
            }
        }
    }

    private void Cancel(ToEngine message, IActorRef actor, long life)
    {
        var stopped = process.EngineStopped;
        switch (message)
        {
            case ToEngine.Append append:
                actor.Tell(new ToActor.Cancelled(ToActor.AnyLife, append.Request, stopped), actor);
                break;
            case ToEngine.Change change:
                change.ReplyTo?.Tell(
                    new Outcome<Membership>.NotCommitted(stopped.Reason, stopped.Detail, change.Request), actor);
                break;
            case ToEngine.Explain explain:
                explain.ReplyTo.Tell(new Explanation(explain.Request, stopped.Detail), actor);
                break;
            case ToEngine.Get get:
                actor.Tell(new ToActor.Cancelled(life, get.Request, new CancelReason.Unavailable()), actor);
                break;
            case ToEngine.Query query:
                actor.Tell(new ToActor.Cancelled(life, query.Request, new CancelReason.Unavailable()), actor);
                break;
        }
    }
}

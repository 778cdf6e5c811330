using Akka.Dispatch.SysMsg;
using Akka.Event;

namespace Akka.Actor;

/// <summary>A path of this system without an actor. Messages become dead letters, and a watcher receives Terminated at once.</summary>
internal class EmptyLocalActorRef(LocalActorRefProvider provider, ActorPath path) : InternalActorRef
{
    public override ActorPath Path => path;

    public override LocalActorRefProvider Provider => provider;

    public override void SendSystemMessage(SystemMessage message)
    {
        // Existence is not confirmed: the actor may have ended, or may never have existed.
        if (message is Watch watch && !watch.Watcher.Equals(this))
        {
            watch.Watcher.SendSystemMessage(new DeathWatchNotification(watch.Watchee, false, false));
        }
    }

    protected override void TellInternal(object message, IActorRef? sender)
    {
        if (message is DeadLetter deadLetter)
        {
            Take(deadLetter.Message, deadLetter.Sender, deadLetter.Recipient);
        }
        else
        {
            Take(message, sender, this);
        }
    }

    // An Identify is answered even if the actor ended with the message in its mailbox.
    private void Take(object message, IActorRef? sender, IActorRef recipient)
    {
        if ((message is ActorSelectionMessage selection ? selection.Message : message) is Identify identify)
        {
            sender?.Tell(new ActorIdentity(identify.MessageId, null), this);
        }
        else
        {
            Publish(message, sender, recipient);
        }
    }

    private void Publish(object message, IActorRef? sender, IActorRef recipient)
    {
        message = message is ActorSelectionMessage selection ? selection.Message : message;
        if (message is AllDeadLetters or LogEvent)
        {
            // A subscriber of the event stream has ended. Publishing the lost event would loop forever.
            return;
        }

        var known = sender ?? provider.DeadLetterRef;
        provider.System.EventStream.Publish(message is IDeadLetterSuppression suppressed
            ? new SuppressedDeadLetter(suppressed, known, this)
            : new DeadLetter(message, known, recipient));
    }
}

using Akka.Dispatch.SysMsg;
using Akka.Event;

namespace Akka.Actor;

/// <summary>A place of this system where there is no actor: messages become dead letters, and who watches it hears of its end.</summary>
internal class EmptyLocalActorRef(LocalActorRefProvider provider, ActorPath path) : InternalActorRef
{
    public override ActorPath Path => path;

    public override LocalActorRefProvider Provider => provider;

    public override void SendSystemMessage(SystemMessage message)
    {
        // Existence is not confirmed: nobody knows whether it has ended or never was.
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

    // Whoever asks for an identity is answered even if the actor ended with the question in its mailbox.
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
            // A subscriber of the event stream has ended. To publish the loss of what was published would never end.
            return;
        }

        IActorRef known = sender ?? provider.DeadLetterRef;
        provider.System.EventStream.Publish(message is IDeadLetterSuppression suppressed
            ? new SuppressedDeadLetter(suppressed, known, this)
            : new DeadLetter(message, known, recipient));
    }
}

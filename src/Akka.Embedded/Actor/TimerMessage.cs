namespace Akka.Actor;

/// <summary>The envelope of a timer's message. The cell unwraps it if the timer is still active.</summary>
internal sealed record TimerMessage(object Key, object Message, bool IsPeriodic, ICancelable Cancelable)
    : IAutoReceivedMessage, INoSerializationVerificationNeeded, Event.IDeadLetterSuppression;

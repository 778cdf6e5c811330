namespace Akka.Actor;

/// <summary>What a timer sends; the cell takes the message out of it, if the timer still counts.</summary>
internal sealed record TimerMessage(object Key, object Message, bool IsPeriodic, ICancelable Cancelable)
    : IAutoReceivedMessage, INoSerializationVerificationNeeded, Event.IDeadLetterSuppression;

namespace Akka.Actor;

/// <summary>Nothing is heard of an actor system any more, and nothing will be: all its actors count as ended.</summary>
internal sealed record AddressTerminated(Address Address) : IAutoReceivedMessage, IPossiblyHarmful, Event.IDeadLetterSuppression;

namespace Akka.Actor;

/// <summary>Reports that a remote actor system is lost for good. All its actors count as terminated.</summary>
internal sealed record AddressTerminated(Address Address) : IAutoReceivedMessage, IPossiblyHarmful, Event.IDeadLetterSuppression;

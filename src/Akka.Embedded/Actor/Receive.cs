namespace Akka.Actor;

/// <summary>A behaviour. Returns false if it did not handle the message.</summary>
public delegate bool Receive(object message);

/// <summary>A behaviour that handles every message. It calls <c>Unhandled</c> for messages that it does not know.</summary>
public delegate void UntypedReceive(object message);

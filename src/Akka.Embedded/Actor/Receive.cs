namespace Akka.Actor;

/// <summary>A behaviour; false where it does not handle the message.</summary>
public delegate bool Receive(object message);

/// <summary>A behaviour that handles every message, if only by <c>Unhandled</c>.</summary>
public delegate void UntypedReceive(object message);

namespace Akka.Actor;

/// <summary>A message that the actor's cell looks at before the actor does.</summary>
public interface IAutoReceivedMessage
{
}

namespace Akka.Event;

/// <summary>The event bus of an actor system. An actor that ends is unsubscribed from everything.</summary>
public class EventStream : LoggingBus
{
    internal EventStream()
    {
    }
}

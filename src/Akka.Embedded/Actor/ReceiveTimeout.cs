namespace Akka.Actor;

/// <summary>Sent to an actor that received nothing for its receive timeout. A message that arrived meanwhile may precede it.</summary>
public class ReceiveTimeout : IPossiblyHarmful
{
    private ReceiveTimeout()
    {
    }

    public static ReceiveTimeout Instance { get; } = new();
}

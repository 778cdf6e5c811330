namespace Akka.Actor;

/// <summary>Sent after a silence of the receive timeout. Another message may arrive in the mailbox just before it.</summary>
public class ReceiveTimeout : IPossiblyHarmful
{
    private ReceiveTimeout()
    {
    }

    public static ReceiveTimeout Instance { get; } = new();
}

/// <summary>A message that does not reset the receive timeout.</summary>
public interface INotInfluenceReceiveTimeout
{
}

namespace Akka.Actor;

/// <summary>Makes the receiver fail with <see cref="ActorKilledException"/>. The default supervision stops it.</summary>
public sealed class Kill : IAutoReceivedMessage
{
    private Kill()
    {
    }

    public static Kill Instance { get; } = new();

    public override string ToString() => "<Kill>";
}

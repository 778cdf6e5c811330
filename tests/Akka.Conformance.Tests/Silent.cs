using Akka.Actor;

namespace Akka.Conformance.Tests;

/// <summary>Handles every message and sends no reply.</summary>
internal sealed class Silent : UntypedActor
{
    public static Props Props { get; } = Props.Create(() => new Silent());

    protected override void OnReceive(object message)
    {
    }
}

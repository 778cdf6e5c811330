using Akka.Actor;

namespace Akka.Conformance.Tests;

/// <summary>Takes every message and answers none.</summary>
internal sealed class Silent : UntypedActor
{
    public static Props Props { get; } = Props.Create(() => new Silent());

    protected override void OnReceive(object message)
    {
    }
}

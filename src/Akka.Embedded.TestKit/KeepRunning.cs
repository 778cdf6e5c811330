using Akka.Actor;

namespace Akka.TestKit;

public sealed class KeepRunning : AutoPilot
{
    internal static readonly KeepRunning Instance = new();

    private KeepRunning()
    {
    }

    public override AutoPilot Run(IActorRef sender, object message) => this;
}

using Akka.Actor;

namespace Akka.TestKit;

/// <summary>Answers the messages of a test actor as they arrive. The test receives them too.</summary>
public abstract class AutoPilot
{
    /// <summary>The result that removes the auto pilot.</summary>
    public static NoAutoPilot NoAutoPilot => NoAutoPilot.Instance;

    /// <summary>The result that keeps the current auto pilot.</summary>
    public static KeepRunning KeepRunning => KeepRunning.Instance;

    /// <summary>Handles a message on the test actor's thread. Returns the auto pilot for the next one.</summary>
    public abstract AutoPilot Run(IActorRef sender, object message);
}

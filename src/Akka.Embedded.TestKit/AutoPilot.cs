using Akka.Actor;

namespace Akka.TestKit;

/// <summary>Answers the messages of a test actor as they come. The test still gets to see them.</summary>
public abstract class AutoPilot
{
    /// <summary>Nobody answers any more.</summary>
    public static NoAutoPilot NoAutoPilot => NoAutoPilot.Instance;

    /// <summary>The present pilot stays.</summary>
    public static KeepRunning KeepRunning => KeepRunning.Instance;

    /// <summary>Called on the test actor's thread for each message. The result is the pilot for the next one.</summary>
    public abstract AutoPilot Run(IActorRef sender, object message);
}

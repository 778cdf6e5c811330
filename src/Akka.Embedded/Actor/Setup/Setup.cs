namespace Akka.Actor.Setup;

/// <summary>Something an actor system is made with that is not configuration text.</summary>
public abstract class Setup
{
}

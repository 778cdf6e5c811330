namespace Akka.Actor.Setup;

/// <summary>A setting of a new actor system that is not configuration text.</summary>
public abstract class Setup
{
}

namespace Akka.Actor;

public interface IScheduler : ITellScheduler, ITimeProvider
{
    /// <summary>Also runs actions, on the scheduler's own thread: they must be short and must not touch an actor's state.</summary>
    IAdvancedScheduler Advanced { get; }
}

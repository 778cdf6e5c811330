namespace Akka.Actor;

public interface IScheduler : ITellScheduler, ITimeProvider
{
    /// <summary>Schedules actions. They run on the scheduler's thread: they must be short and must not touch an actor's state.</summary>
    IAdvancedScheduler Advanced { get; }
}

namespace Akka.Actor;

public interface IScheduler : ITellScheduler, ITimeProvider
{
    /// <summary>Schedules actions. They run on the scheduler's thread: they must be short and must not touch an actor's state.</summary>
    IAdvancedScheduler Advanced { get; }
}

/// <summary>
/// Schedules messages. Cancelling does not remove a message that is in the mailbox already; see <see cref="ITimerScheduler"/>.
/// </summary>
public interface ITellScheduler
{
    void ScheduleTellOnce(TimeSpan delay, ICanTell receiver, object message, IActorRef? sender);

    void ScheduleTellOnce(TimeSpan delay, ICanTell receiver, object message, IActorRef? sender, ICancelable? cancelable);

    void ScheduleTellRepeatedly(TimeSpan initialDelay, TimeSpan interval, ICanTell receiver, object message, IActorRef? sender);

    void ScheduleTellRepeatedly(
        TimeSpan initialDelay, TimeSpan interval, ICanTell receiver, object message, IActorRef? sender, ICancelable? cancelable);
}

public interface IActionScheduler
{
    void ScheduleOnce(TimeSpan delay, Action action);

    void ScheduleOnce(TimeSpan delay, Action action, ICancelable? cancelable);

    void ScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, Action action);

    void ScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, Action action, ICancelable? cancelable);
}

public interface IAdvancedScheduler : IActionScheduler
{
}

/// <summary>The scheduler's clock. In tests it may be virtual.</summary>
public interface ITimeProvider
{
    DateTimeOffset Now { get; }

    /// <summary>A time that never goes back. Its origin is arbitrary.</summary>
    TimeSpan MonotonicClock { get; }

    TimeSpan HighResMonotonicClock { get; }
}

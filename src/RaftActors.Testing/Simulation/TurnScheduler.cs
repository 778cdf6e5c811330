using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Event;

namespace RaftActors.Testing.Simulation;

/// <summary>A scheduler whose timers all go to <see cref="After"/>. A repeated timer sets the next one after it has run.</summary>
internal abstract class TurnScheduler(Config config, ILoggingAdapter log) : SchedulerBase(config, log)
{
    /// <param name="cancelable">Null if it cannot be cancelled.</param>
    protected abstract void After(TimeSpan delay, Action run, ICancelable? cancelable);

    protected sealed override void InternalScheduleTellOnce(
        TimeSpan delay, ICanTell receiver, object message, IActorRef sender, ICancelable cancelable) =>
        After(delay, () => receiver.Tell(message, sender), cancelable);

    protected sealed override void InternalScheduleTellRepeatedly(
        TimeSpan initialDelay, TimeSpan interval, ICanTell receiver, object message, IActorRef sender, ICancelable cancelable) =>
        Repeat(initialDelay, interval, () => receiver.Tell(message, sender), cancelable);

    protected sealed override void InternalScheduleOnce(TimeSpan delay, Action action, ICancelable cancelable) =>
        After(delay, action, cancelable);

    protected sealed override void InternalScheduleRepeatedly(
        TimeSpan initialDelay, TimeSpan interval, Action action, ICancelable cancelable) =>
        Repeat(initialDelay, interval, action, cancelable);

    protected sealed override void InternalScheduleOnce(TimeSpan delay, IRunnable action, ICancelable cancelable) =>
        After(delay, action.Run, cancelable);

    protected sealed override void InternalScheduleRepeatedly(
        TimeSpan initialDelay, TimeSpan interval, IRunnable action, ICancelable cancelable) =>
        Repeat(initialDelay, interval, action.Run, cancelable);

    private void Repeat(TimeSpan delay, TimeSpan interval, Action action, ICancelable? cancelable) => After(
        delay,
        () =>
        {
            action();
            Repeat(interval, interval, action, cancelable);
        },
        cancelable);
}

using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Event;

namespace RaftActors.Testing.Simulation;

/// <summary>The timers of one node, by its own clock. Made by Akka.NET.</summary>
internal sealed class SimulatedScheduler(Config config, ILoggingAdapter log) : SchedulerBase(config, log)
{
    private readonly NodeLife _life = NodeLife.Of(config);

    public override TimeSpan MonotonicClock => _life.Node.Clock;

    public override TimeSpan HighResMonotonicClock => _life.Node.Clock;

    protected override DateTimeOffset TimeNow => _life.Node.TimeOfDay;

    protected override void InternalScheduleTellOnce(
        TimeSpan delay, ICanTell receiver, object message, IActorRef sender, ICancelable cancelable) =>
        _life.After(delay, () => receiver.Tell(message, sender), cancelable);

    protected override void InternalScheduleTellRepeatedly(
        TimeSpan initialDelay, TimeSpan interval, ICanTell receiver, object message, IActorRef sender, ICancelable cancelable) =>
        Repeat(initialDelay, interval, () => receiver.Tell(message, sender), cancelable);

    protected override void InternalScheduleOnce(TimeSpan delay, Action action, ICancelable cancelable) =>
        _life.After(delay, action, cancelable);

    protected override void InternalScheduleRepeatedly(
        TimeSpan initialDelay, TimeSpan interval, Action action, ICancelable cancelable) =>
        Repeat(initialDelay, interval, action, cancelable);

    protected override void InternalScheduleOnce(TimeSpan delay, IRunnable action, ICancelable cancelable) =>
        _life.After(delay, action.Run, cancelable);

    protected override void InternalScheduleRepeatedly(
        TimeSpan initialDelay, TimeSpan interval, IRunnable action, ICancelable cancelable) =>
        Repeat(initialDelay, interval, action.Run, cancelable);

    private void Repeat(TimeSpan delay, TimeSpan interval, Action action, ICancelable? cancelable) => _life.After(
        delay,
        () =>
        {
            action();
            Repeat(interval, interval, action, cancelable);
        },
        cancelable);
}

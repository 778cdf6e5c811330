using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Event;

namespace RaftActors.Simulator.Coordination;

/// <summary>The monotonic clock of one process. It runs no timers, because the process looks at its clock in each tick.</summary>
internal sealed class ProcessScheduler(Func<TimeSpan> now) : SchedulerBase(Config.Empty, NoLogger.Instance)
{
    public override TimeSpan MonotonicClock => now();

    public override TimeSpan HighResMonotonicClock => now();

    protected override DateTimeOffset TimeNow => DateTimeOffset.UnixEpoch + now();

    protected override void InternalScheduleTellOnce(
        TimeSpan delay, ICanTell receiver, object message, IActorRef sender, ICancelable? cancelable)
    {
    }

    protected override void InternalScheduleTellRepeatedly(
        TimeSpan initialDelay, TimeSpan interval, ICanTell receiver, object message, IActorRef sender, ICancelable? cancelable)
    {
    }

    protected override void InternalScheduleOnce(TimeSpan delay, Action action, ICancelable? cancelable)
    {
    }

    protected override void InternalScheduleOnce(TimeSpan delay, IRunnable action, ICancelable? cancelable)
    {
    }

    protected override void InternalScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, Action action, ICancelable? cancelable)
    {
    }

    protected override void InternalScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, IRunnable action, ICancelable? cancelable)
    {
    }
}

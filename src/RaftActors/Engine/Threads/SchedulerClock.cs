using Akka.Actor;

namespace RaftActors.Engine;

/// <summary>
/// Wakes engines by a scheduler of the application's own choice, such as one with virtual time. No engine runs on its thread, because the
/// timers of the whole actor system would wait for it.
/// </summary>
internal sealed class SchedulerClock(IScheduler scheduler) : ITickClock
{
    public void Set(TickTimer timer, TimeSpan at)
    {
        var delay = at - scheduler.HighResMonotonicClock;
        scheduler.Advanced.ScheduleOnce(delay > TimeSpan.Zero ? delay : TimeSpan.Zero, () => timer.TellDue(at));
    }
}

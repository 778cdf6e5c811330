namespace Akka.Actor;

/// <summary>An actor with timers, which it is given after its constructor. They end with the instance.</summary>
public interface IWithTimers
{
    ITimerScheduler Timers { get; set; }
}

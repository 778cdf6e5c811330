namespace Akka.Actor;

/// <summary>An actor with timers. They are available in its constructor and are cancelled with the instance.</summary>
public interface IWithTimers
{
    ITimerScheduler Timers { get; set; }
}

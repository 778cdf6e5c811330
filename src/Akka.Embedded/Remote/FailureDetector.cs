using System.Diagnostics;

namespace Akka.Remote;

/// <summary>
/// Suspects a peer from the times of its heartbeats. Before the first heartbeat nothing is monitored and all is well.
/// Times are those of the monotonic clock: a wall clock set back or forward must not declare a living peer dead.
/// </summary>
internal abstract class FailureDetector(Func<TimeSpan>? clock)
{
    private readonly Func<TimeSpan> _clock = clock ?? MonotonicTime;

    public abstract bool IsAvailable { get; }

    public abstract bool IsMonitoring { get; }

    public abstract void HeartBeat();

    protected TimeSpan Now => _clock();

    /// <summary>Time since an arbitrary moment of this process's life.</summary>
    public static TimeSpan MonotonicTime() => Stopwatch.GetElapsedTime(0);
}

/// <summary>Suspects after a fixed silence: the heartbeat interval and the acceptable pause.</summary>
internal sealed class DeadlineFailureDetector(TimeSpan acceptableHeartbeatPause, TimeSpan heartbeatInterval, Func<TimeSpan>? clock = null)
    : FailureDetector(clock)
{
    private long _lastHeartbeatTicks;

    public override bool IsMonitoring => Volatile.Read(ref _lastHeartbeatTicks) != 0;

    public override bool IsAvailable =>
        Volatile.Read(ref _lastHeartbeatTicks) is var last
        && (last == 0 || Now - TimeSpan.FromTicks(last) < acceptableHeartbeatPause + heartbeatInterval);

    public override void HeartBeat() => Volatile.Write(ref _lastHeartbeatTicks, Math.Max(1, Now.Ticks));
}

using System.Diagnostics;

namespace Akka.Remote;

/// <summary>A heartbeat or its answer. It overtakes other messages on its connection, so that large messages do not delay it.</summary>
internal interface IHeartbeat;

/// <summary>
/// Suspects a peer by the times of its heartbeats. Before the first heartbeat the peer counts as available. Uses the monotonic
/// clock, because a change of the wall clock must not make a living peer suspect.
/// </summary>
internal abstract class FailureDetector(Func<TimeSpan>? clock)
{
    private readonly Func<TimeSpan> _clock = clock ?? MonotonicTime;

    public abstract bool IsAvailable { get; }

    public abstract bool IsMonitoring { get; }

    public abstract void HeartBeat();

    protected TimeSpan Now => _clock();

    /// <summary>Returns the monotonic time since an arbitrary origin in this process.</summary>
    public static TimeSpan MonotonicTime() => Stopwatch.GetElapsedTime(0);
}

/// <summary>Suspects a peer after a fixed silence: heartbeat interval plus acceptable pause.</summary>
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

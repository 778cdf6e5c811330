using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Akka.TestKit;

namespace VirtualTime;

/// <summary>
/// A <see cref="TestScheduler"/> whose monotonic clock is virtual too. The test kit's own monotonic clock follows real time. Ticks, restart
/// windows and logging pauses are measured by it, and would not follow the test's time. Each test project that moves time compiles this
/// file.
/// </summary>
internal sealed class VirtualScheduler : TestScheduler, ITimeProvider
{
    private readonly DateTimeOffset _start;

    public VirtualScheduler(Config schedulerConfig, ILoggingAdapter log)
        : base(schedulerConfig, log) => _start = Now;

    TimeSpan ITimeProvider.MonotonicClock => Now - _start;
}

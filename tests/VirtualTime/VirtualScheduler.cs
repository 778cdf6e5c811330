using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Akka.TestKit;

namespace VirtualTime;

/// <summary>
/// A <see cref="TestScheduler"/> whose monotonic clocks are virtual too. The test kit's own monotonic clocks follow real time. Ticks,
/// restart windows, logging pauses and metrics are measured by them, and would not follow the test's time. Each test project that moves
/// time compiles this file.
/// </summary>
internal sealed class VirtualScheduler : TestScheduler, ITimeProvider
{
    private readonly DateTimeOffset _start;

    public VirtualScheduler(Config schedulerConfig, ILoggingAdapter log)
        : base(schedulerConfig, log) => _start = Now;

    TimeSpan ITimeProvider.MonotonicClock => Now - _start;

    TimeSpan ITimeProvider.HighResMonotonicClock => Now - _start;
}

using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Akka.TestKit;

namespace VirtualTime;

/// <summary>
/// A <see cref="TestScheduler"/> whose monotonic clock is virtual too. The test kit's own goes on with the machine's time, and what is
/// measured by it (an engine's ticks, restarts in a window, a pause in logging) would see a clock that the test does not move. One file,
/// compiled into each test project that moves time.
/// </summary>
internal sealed class VirtualScheduler : TestScheduler, ITimeProvider
{
    private readonly DateTimeOffset _start;

    public VirtualScheduler(Config schedulerConfig, ILoggingAdapter log)
        : base(schedulerConfig, log) => _start = Now;

    TimeSpan ITimeProvider.MonotonicClock => Now - _start;
}

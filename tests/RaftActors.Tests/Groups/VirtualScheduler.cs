using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Akka.TestKit;

namespace RaftActors.Tests.Groups;

/// <summary>
/// A <see cref="TestScheduler"/> whose monotonic clock is virtual too. The test kit's own goes on with the machine's time, and an engine,
/// which measures its ticks by it, would see a clock that the test does not move.
/// </summary>
internal sealed class VirtualScheduler : TestScheduler, ITimeProvider
{
    private readonly DateTimeOffset _start;

    public VirtualScheduler(Config schedulerConfig, ILoggingAdapter log)
        : base(schedulerConfig, log) => _start = Now;

    TimeSpan ITimeProvider.MonotonicClock => Now - _start;
}

using Akka.Actor;
using Akka.Configuration;
using Akka.Event;

namespace RaftActors.Testing.Simulation;

/// <summary>The timers of one node, by its own clock. Made by Akka.NET.</summary>
internal sealed class SimulatedScheduler(Config config, ILoggingAdapter log) : TurnScheduler(config, log)
{
    private readonly NodeLife _life = NodeLife.Of(config);

    public override TimeSpan MonotonicClock => _life.Node.Clock;

    public override TimeSpan HighResMonotonicClock => _life.Node.Clock;

    protected override DateTimeOffset TimeNow => _life.Node.TimeOfDay;

    protected override void After(TimeSpan delay, Action run, ICancelable? cancelable) => _life.After(delay, run, cancelable);
}

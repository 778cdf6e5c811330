using Akka.Remote;

namespace CoordinationTrials.Simulated;

/// <summary>Akka's failure detector for members, by the clock of the simulation. Made by Akka.NET.</summary>
internal sealed class SimulatedPhiDetector(Config config, EventStream events) : PhiAccrualFailureDetector(
    config.GetDouble("threshold"),
    config.GetInt("max-sample-size"),
    config.GetTimeSpan("min-std-deviation"),
    config.GetTimeSpan("acceptable-heartbeat-pause"),
    config.GetTimeSpan("heartbeat-interval"),
    () => AkkaNetwork.Current.Milliseconds)
{
    public EventStream Events => events;
}

/// <summary>Akka's failure detector for connections, by the clock of the simulation. Made by Akka.NET.</summary>
internal sealed class SimulatedDeadlineDetector(Config config, EventStream events) : DeadlineFailureDetector(
    config.GetTimeSpan("acceptable-heartbeat-pause"), config.GetTimeSpan("heartbeat-interval"), () => AkkaNetwork.Current.Milliseconds)
{
    public EventStream Events => events;
}

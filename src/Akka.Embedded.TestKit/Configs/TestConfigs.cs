using Akka.Configuration;

namespace Akka.TestKit.Configs;

/// <summary>Default configurations of systems under test.</summary>
public static class TestConfigs
{
    /// <summary>Logs through the event filters and has the defaults of <c>akka.test</c>.</summary>
    public static Config DefaultConfig { get; } = ConfigurationFactory.ParseString("""
        akka.loggers = ["Akka.TestKit.TestEventListener, Akka.TestKit"]
        akka.test {
          timefactor = 1.0            # All expected durations are multiplied by it.
          filter-leeway = 3s          # How long an event filter waits after its block for events that are missing.
          single-expect-default = 3s  # How long an expectation waits that says no time.
          default-timeout = 5s        # How long a latch waits.
        }
        """);

    /// <summary>Selects the scheduler with virtual time.</summary>
    public static Config TestSchedulerConfig { get; } = ConfigurationFactory.ParseString(
        "akka.scheduler.implementation = \"Akka.TestKit.TestScheduler, Akka.TestKit\"");
}

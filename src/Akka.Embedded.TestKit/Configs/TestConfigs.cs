using Akka.Configuration;

namespace Akka.TestKit.Configs;

/// <summary>What systems under test fall back to.</summary>
public static class TestConfigs
{
    /// <summary>The log goes through the event filters; the keys of <c>akka.test</c> have their defaults.</summary>
    public static Config DefaultConfig { get; } = ConfigurationFactory.ParseString("""
        akka.loggers = ["Akka.TestKit.TestEventListener, Akka.TestKit"]
        akka.test {
          timefactor = 1.0            # All expected durations are multiplied by it.
          filter-leeway = 3s          # How long an event filter waits after its block for events that are missing.
          single-expect-default = 3s  # How long an expectation waits that says no time.
          default-timeout = 5s        # How long a latch waits.
        }
        """);

    /// <summary>Time stands still until the test advances it.</summary>
    public static Config TestSchedulerConfig { get; } = ConfigurationFactory.ParseString(
        "akka.scheduler.implementation = \"Akka.TestKit.TestScheduler, Akka.TestKit\"");
}

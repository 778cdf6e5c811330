using Akka.Actor;
using Akka.Configuration;

namespace Akka.TestKit;

/// <summary>The keys below <c>akka.test</c>.</summary>
public class TestKitSettings : IExtension
{
    public TestKitSettings(Config config)
    {
        DefaultTimeout = config.GetTimeSpan("akka.test.default-timeout", TimeSpan.FromSeconds(5), allowInfinite: false);
        SingleExpectDefault = config.GetTimeSpan("akka.test.single-expect-default", TimeSpan.FromSeconds(3), allowInfinite: false);
        TestEventFilterLeeway = config.GetTimeSpan("akka.test.filter-leeway", TimeSpan.FromSeconds(3), allowInfinite: false);
        TestTimeFactor = config.GetDouble("akka.test.timefactor", 1);
        if (TestTimeFactor <= 0)
        {
            throw new ConfigurationException($"akka.test.timefactor is {TestTimeFactor}, expected a number above 0.");
        }
    }

    /// <summary>For waits that are no expectation of a message, such as that of a latch.</summary>
    public TimeSpan DefaultTimeout { get; }

    /// <summary>How long to wait for a message where neither the call nor a Within says.</summary>
    public TimeSpan SingleExpectDefault { get; }

    /// <summary>How long after its block an event filter waits for the log events that are missing.</summary>
    public TimeSpan TestEventFilterLeeway { get; }

    /// <summary>All expected durations are multiplied by this, so that a slow machine can be given more time.</summary>
    public double TestTimeFactor { get; }
}

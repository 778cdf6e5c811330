using Akka.Actor;
using Akka.Configuration;

namespace Akka.TestKit;

/// <summary>The settings below <c>akka.test</c>.</summary>
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
            throw new ConfigurationException($"akka.test.timefactor is {TestTimeFactor}. Expected a number above 0.");
        }
    }

    /// <summary>The timeout of waits that are not for a message, such as that of a latch.</summary>
    public TimeSpan DefaultTimeout { get; }

    /// <summary>The timeout of an expectation that names none and is outside of Within.</summary>
    public TimeSpan SingleExpectDefault { get; }

    /// <summary>The time after its block in which an event filter waits for missing log events.</summary>
    public TimeSpan TestEventFilterLeeway { get; }

    /// <summary>Multiplies all expected durations, to give a slow machine more time.</summary>
    public double TestTimeFactor { get; }
}

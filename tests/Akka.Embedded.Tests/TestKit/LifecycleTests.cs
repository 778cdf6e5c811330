using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Event;
using Akka.TestKit.Xunit2;
using Xunit.Abstractions;

namespace TestKitTests;

public sealed class LifecycleTests
{
    [Fact]
    public void A_system_created_for_a_test_terminates_with_it()
    {
        var kit = new TestKit();

        kit.Dispose();

        Assert.True(kit.Sys.WhenTerminated.IsCompletedSuccessfully);
        kit.Dispose();
    }

    [Fact]
    public void The_configuration_of_a_setup_precedes_the_defaults()
    {
        using var kit = new TestKit(
            ActorSystemSetup.Create(BootstrapSetup.Create().WithConfig("akka.test.single-expect-default = 7s")), "named");

        Assert.Equal("named", kit.Sys.Name);
        Assert.Equal(TimeSpan.FromSeconds(7), kit.RemainingOrDefault);
        kit.EventFilter.Info("hello").ExpectOne(() => kit.Log.Info("hello"));
    }

    [Fact]
    public void The_log_is_written_to_the_output_of_the_test()
    {
        var output = new Lines();
        using var kit = new TestKit("akka.loglevel = INFO", output);

        kit.Log.Info("hello");

        kit.AwaitCondition(() => output.Contains("hello"));
    }

    private sealed class Lines : ITestOutputHelper
    {
        private readonly List<string> _lines = [];

        public bool Contains(string text)
        {
            lock (_lines)
            {
                return _lines.Exists(line => line.Contains(text));
            }
        }

        public void WriteLine(string message)
        {
            lock (_lines)
            {
                _lines.Add(message);
            }
        }

        public void WriteLine(string format, params object[] args) => WriteLine(string.Format(format, args));
    }
}

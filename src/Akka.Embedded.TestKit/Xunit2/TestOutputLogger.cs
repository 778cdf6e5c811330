using Akka.Actor;
using Xunit.Abstractions;

namespace Akka.TestKit.Xunit2;

/// <summary>Writes the log into a test's output.</summary>
internal sealed class TestOutputLogger(ITestOutputHelper output, string prefix) : ActorBase
{
    protected override bool Receive(object message)
    {
        try
        {
            output.WriteLine(prefix + message);
        }
        catch (InvalidOperationException)
        {
            // The test has ended, and its output with it; what a system says while it shuts down is of no interest.
        }

        return true;
    }
}

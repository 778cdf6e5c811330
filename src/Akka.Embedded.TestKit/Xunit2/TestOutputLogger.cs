using Akka.Actor;
using Xunit.Abstractions;

namespace Akka.TestKit.Xunit2;

/// <summary>Writes the log to a test's output.</summary>
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
            // The test and its output have ended. Log events of the shutdown are dropped.
        }

        return true;
    }
}

namespace FourNodes.Tests;

/// <summary>
/// The demo stops when reading or writing fails, because its terminal or parent program has ended. On Linux, reading a directory and
/// writing to /dev/full fail in the same way.
/// </summary>
[Collection(nameof(DemoPorts))]
[Trait("Needs", "Linux")]
public sealed class LostTerminalTests
{
    [Fact]
    public async Task Node_whose_input_fails_is_stopped_without_an_exception()
    {
        using var demo = DemoProcess.StartRedirected("< /", "--node", "node1");

        Assert.Equal(0, await demo.Exit());
        Assert.Equal("Stopped.", demo.Lines[^1]);
        Assert.Equal("", demo.Errors);
    }

    [Fact]
    public async Task Nodes_whose_output_fails_are_stopped_without_an_exception()
    {
        // A demo that ignores the failure is not over in time.
        using var demo = DemoProcess.StartRedirected("> /dev/full", "--seconds", "600");

        Assert.Equal(0, await demo.Exit());
        Assert.Equal("", demo.Errors);
    }
}

namespace FourNodes.Tests;

/// <summary>
/// Ctrl-C and SIGTERM end the demo like its time limit. They are POSIX signals, for Linux and macOS. <see cref="ScenarioTests"/> sends
/// SIGTERM after the scenario, and <see cref="SingleNodeTests"/> sends both signals to single nodes.
/// </summary>
[Collection(nameof(DemoPorts))]
[Trait("Needs", "Linux")]
public sealed class SignalTests
{
    [Fact]
    public async Task Time_limit_ends_the_demo_cleanly()
    {
        using var demo = await DemoProcess.RunToEnd("--seconds", "1");

        Assert.Equal(0, await demo.Exit());
        Assert.Equal("Stopped.", demo.Lines[^1]);
        Assert.Equal("", demo.Errors);
    }

    [Fact]
    public async Task Signal_before_the_quorum_ends_the_demo_cleanly()
    {
        using var demo = DemoProcess.Start("--seconds", "600");
        await demo.Line("node1@localhost and raft1 process");

        demo.Send(Signal.Interrupt);

        Assert.Equal(0, await demo.Exit());
        Assert.Equal("Stopped.", demo.Lines[^1]);
        Assert.Equal("", demo.Errors);
    }
}

using System.Net;
using Akka.Actor;
using Akka.Event;
using Akka.Remote;

namespace Akka.Embedded.Tests.Remote;

public sealed class PeerLogTests : IAsyncLifetime
{
    private static readonly TimeSpan Start = TimeSpan.FromHours(1);

    private readonly ActorSystem _system =
        ActorSystem.Create("log", "akka.loglevel = WARNING\nakka.stdout-loglevel = OFF\nakka.loggers = []");

    private readonly Probe _warnings;
    private readonly PeerLog _log;

    public PeerLogTests()
    {
        _warnings = Probe.Of<Warning>(_system);
        _log = new PeerLog(Logging.GetLogger(_system, "test"));
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => _system.Terminate().WaitAsync(Probe.Patience);

    [Fact]
    public async Task Peers_and_kinds_are_limited_apart()
    {
        var (one, other) = (IPAddress.Parse("10.0.0.1"), IPAddress.Parse("10.0.0.2"));

        foreach (var (peer, kind) in ((IPAddress, string)[])[(one, "a"), (one, "a"), (one, "b"), (other, "a"), (other, "a")])
        {
            Write(peer, kind, $"{peer} {kind}");
        }
        Write(IPAddress.None, "end", "end");

        Assert.Equal(["10.0.0.1 a", "10.0.0.1 b", "10.0.0.2 a", "end"], await LinesAsync(4));
    }

    [Fact]
    public async Task Window_that_ends_reports_the_suppressed_lines_and_a_quiet_one_is_forgotten()
    {
        var peer = IPAddress.Parse("10.0.0.1");
        Write(peer, "a", "first");
        Write(peer, "a", "second");

        _log.Tick(Start + PeerLog.Window - TimeSpan.FromTicks(1));
        _log.Tick(Start + PeerLog.Window);
        Write(peer, "a", "still suppressed");
        _log.Tick(Start + 2 * PeerLog.Window);
        _log.Tick(Start + 3 * PeerLog.Window);
        Write(peer, "a", "third");

        Assert.Equal(
            [
                "first",
                "1 more log lines about 10.0.0.1 were suppressed (a).",
                "1 more log lines about 10.0.0.1 were suppressed (a).",
                "third",
            ],
            await LinesAsync(4));
    }

    [Fact]
    public async Task Flood_from_many_addresses_is_limited_as_a_whole()
    {
        for (var i = 0; i < 2 * PeerLog.WindowsMax; i++)
        {
            Write(new IPAddress(i), "a", $"{i}");
        }

        _log.Tick(Start + PeerLog.Window);

        var lines = await LinesAsync(PeerLog.WindowsMax + 2);
        Assert.Equal($"{PeerLog.WindowsMax - 1} more log lines about various peers were suppressed (a).", lines[^1]);
    }

    [Fact]
    public void Text_of_a_peer_makes_no_second_line_and_is_not_long()
    {
        Assert.Equal("a?b?c", PeerLog.Printable("a\nb\u2028c"));
        Assert.InRange(PeerLog.Printable(new string('x', 100_000)).Length, 1, 1000);
    }

    private void Write(IPAddress peer, string kind, string text) => _log.Write(LogLevel.WarningLevel, peer, kind, text, now: Start);

    private async Task<List<string?>> LinesAsync(int count)
    {
        var lines = new List<string?>();
        while (lines.Count < count)
        {
            lines.Add((await _warnings.ExpectAsync<Warning>()).Message.ToString());
        }
        return lines;
    }
}

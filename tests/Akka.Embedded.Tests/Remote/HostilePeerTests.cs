using System.Net;
using System.Net.Sockets;
using System.Text;
using Akka.Actor;
using Akka.Event;
using Akka.Remote;

namespace Akka.Embedded.Tests.Remote;

/// <summary>Peers that do not follow the protocol, with and without TLS. After each, the system still serves its honest peers.</summary>
public sealed class HostilePeerTests : Systems, IDisposable
{
    private const string Logged = "akka.loglevel = WARNING\nakka.loggers = []";
    private const string QuickHandshake = "akka.remote.dot-netty.tcp.connection-timeout = 3s";

    private readonly Authority _authority = new();

    public void Dispose() => _authority.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Peer_that_says_nothing_is_disconnected_after_the_timeout(bool isTls)
    {
        var b = Start("b", $"{Config(isTls)}\n{Logged}\n{QuickHandshake}");
        var warnings = Probe.Of<Warning>(b);
        using var peer = await RawPeer.ConnectAsync(b);

        await peer.ReadToEndAsync();

        Assert.EndsWith("the handshake took longer than 3 s (akka.remote.dot-netty.tcp.connection-timeout).", await LineAsync(warnings));
        await AssertServesAsync(b, isTls);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Peer_that_sends_a_part_of_its_hello_is_disconnected_after_the_timeout(bool isTls)
    {
        var b = Start("b", $"{Config(isTls)}\n{Logged}\n{QuickHandshake}");
        var warnings = Probe.Of<Warning>(b);
        using var peer = await ConnectAsync(b, isTls);

        await peer.WriteAsync(new byte[] { 100, 0, 0, 0, (byte)FrameKind.Hello });
        await peer.ReadToEndAsync();

        Assert.Contains("the handshake took longer than 3 s", await LineAsync(warnings));
        await AssertServesAsync(b, isTls);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Peer_with_a_long_hello_is_disconnected_at_once(bool isTls)
    {
        var b = Start("b", $"{Config(isTls)}\n{Logged}");
        var warnings = Probe.Of<Warning>(b);
        using var peer = await ConnectAsync(b, isTls);

        await peer.WriteAsync(BitConverter.GetBytes(FrameBuffer.ControlFrameLimitBytes + 1));
        await peer.ReadToEndAsync();

        Assert.Contains("the peer does not speak this protocol", await LineAsync(warnings));
        await AssertServesAsync(b, isTls);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Peer_with_another_version_is_disconnected_and_the_log_has_both_versions(bool isTls)
    {
        var b = Start("b", $"{Config(isTls)}\n{Logged}");
        var warnings = Probe.Of<Warning>(b);
        using var peer = await ConnectAsync(b, isTls);

        await peer.SayHelloAsync(b, version: 77);
        await peer.ReadToEndAsync();

        Assert.EndsWith("the peer speaks version 77 of the protocol, this system speaks version 2.", await LineAsync(warnings));
        await AssertServesAsync(b, isTls);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: b\r\n\r\n")]
    [InlineData("SSH-2.0-OpenSSH_9.6\r\n")]
    [InlineData("\0\0\0\0\0\0\0\0")]
    [InlineData("\u0001\0\0\0\u0004")]
    [InlineData("\u000a\0\0\0\u0001garbage!!")]
    public async Task Peer_with_another_protocol_is_disconnected(string bytes)
    {
        var b = Start("b", Logged);
        var warnings = Probe.Of<Warning>(b);
        using var peer = await RawPeer.ConnectAsync(b);

        await peer.WriteAsync(Encoding.Latin1.GetBytes(bytes));
        await peer.ReadToEndAsync();

        Assert.Contains("was closed before its handshake", await LineAsync(warnings));
        await AssertServesAsync(b, isTls: false);
    }

    [Fact]
    public async Task Many_bad_connections_of_one_peer_are_one_line_and_later_their_number()
    {
        var b = Start("b", Logged);
        var warnings = Probe.Of<Warning>(b);

        for (var i = 0; i < 50; i++)
        {
            using var peer = await RawPeer.ConnectAsync(b);
            await peer.WriteAsync("GET / HTTP/1.1\r\n"u8.ToArray());
            await peer.ReadToEndAsync();
        }
        await LinksAsync(b, count: 0);
        TransportOf(b).Tick(FailureDetector.MonotonicTime() + PeerLog.Window);

        Assert.Contains("the peer does not speak this protocol", await LineAsync(warnings));
        Assert.Equal("49 more log lines about 127.0.0.1 were suppressed (protocol).", await LineAsync(warnings));
    }

    [Fact]
    public async Task Error_of_an_honest_peers_link_is_not_caused_by_garbage_on_another_link()
    {
        var (a, b) = (Start("a"), Start("b"));
        var remote = Ref(a, b.ActorOf(Props.Create(() => new Echo())), owner: b);
        await remote.Ask<string>("there", Probe.Patience);
        var lost = Probe.Of<DisassociatedEvent>(b);
        using var peer = await (await RawPeer.ConnectAsync(b)).JoinAsync(b);

        await peer.WriteFrameAsync((FrameKind)99, writer => writer.WriteText("garbage"));
        await peer.ReadToEndAsync();

        Assert.Equal("invented", (await lost.ExpectAsync<DisassociatedEvent>()).RemoteAddress.Host);
        Assert.Equal("still there", await remote.Ask<string>("still there", Probe.Patience));
    }

    [Fact]
    public async Task Peer_that_reads_no_answers_is_disconnected()
    {
        var b = Start("b", "akka.remote.transport-failure-detector { heartbeat-interval = 50ms, acceptable-heartbeat-pause = 1s }");
        var errors = Probe.Of<AssociationErrorEvent>(b);
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var acceptor = new Acceptor(TransportOf(b), () => AcceptAsync(listener));
        _ = acceptor.RunAsync();
        using var peer = await (await RawPeer.ConnectAsync(listener)).JoinAsync(b);
        var heartbeat = new byte[] { 1, 0, 0, 0, (byte)FrameKind.Heartbeat };

        var writing = WriteUntilClosedAsync();
        await UntilAsync(() =>
        {
            acceptor.Tick();
            return writing.IsCompleted;
        });
        acceptor.Stop();

        Assert.Contains("silent", (await errors.NextAsync<AssociationErrorEvent>()).Cause.Message);
        await AssertServesAsync(b, isTls: false);

        async Task WriteUntilClosedAsync()
        {
            try
            {
                while (true)
                {
                    await peer.WriteAsync(heartbeat);
                }
            }
            catch (IOException)
            {
                // The system has closed the connection.
            }
        }

        // With small buffers, so that the answers fill them soon.
        static async ValueTask<Socket> AcceptAsync(TcpListener listener)
        {
            var socket = await listener.AcceptSocketAsync();
            socket.SendBufferSize = 1;
            return socket;
        }
    }

    [Fact]
    public async Task Unreadable_messages_of_one_peer_are_one_line_in_the_log()
    {
        var b = Start("b", "akka.loglevel = ERROR\nakka.loggers = []");
        var (errors, probe) = (Probe.Of<Error>(b), new Probe(b));
        using var peer = await (await RawPeer.ConnectAsync(b)).JoinAsync(b);

        for (var i = 0; i < 20; i++)
        {
            await peer.WriteFrameAsync(FrameKind.Message, writer => WriteMessage(writer, probe.Ref, serializer: 4711, "line\nbreak"));
        }
        await peer.WriteFrameAsync(FrameKind.Heartbeat, _ => { });
        await peer.ReadFrameAsync();
        TransportOf(b).Tick(FailureDetector.MonotonicTime() + PeerLog.Window);

        Assert.Contains("cannot read its manifest [line?break]", (await errors.ExpectAsync<Error>()).Message.ToString());
        Assert.StartsWith("19 more log lines about 127.0.0.1", (await errors.ExpectAsync<Error>()).Message.ToString());
    }

    [Fact]
    public async Task Selection_that_climbs_after_a_pattern_is_dropped()
    {
        var (a, b) = (Start("a"), Start("b", Logged));
        var (warnings, probe) = (Probe.Of<Warning>(b), new Probe(b, "probe"));
        var address = AddressOf(b);

        a.ActorSelection($"{address}/user/*{string.Concat(Enumerable.Repeat("/../*", 50))}").Tell("bomb");
        a.ActorSelection($"{address}/user/pro*").Tell("harmless");

        Assert.Equal("harmless", await probe.ExpectAsync<string>());
        Assert.Contains("has '..' after a pattern", await LineAsync(warnings));
    }

    private static void WriteMessage(WireWriter writer, IActorRef recipient, int serializer, string manifest)
    {
        writer.WriteText(recipient.Path.ToSerializationFormat());
        writer.WriteText("");
        writer.WriteInt32(serializer);
        writer.WriteText(manifest);
    }

    private static async Task<string> LineAsync(Probe warnings) =>
        (await warnings.NextAsync<Warning>()).Message.ToString()!; // Justification: a log line has a text.

    private async Task<RawPeer> ConnectAsync(ActorSystem to, bool isTls)
    {
        var peer = await RawPeer.ConnectAsync(to);
        if (isTls)
        {
            await peer.StartTlsAsync(_authority.Issue());
        }
        return peer;
    }

    private string Config(bool isTls) => !isTls ? "" : $$"""
        akka.remote.dot-netty.tcp {
          enable-ssl = on
          ssl.certificate { path = "{{_authority.Pfx()}}", password = "{{Authority.Password}}" }
        }
        """;

    private async Task AssertServesAsync(ActorSystem system, bool isTls)
    {
        var honest = Start("honest", Config(isTls));
        var echo = system.ActorOf(Props.Create(() => new Echo()));
        Assert.Equal("there", await Ref(honest, echo, owner: system).Ask<string>("there", Probe.Patience));
    }
}

using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Akka.Actor;
using Akka.Event;
using Akka.Remote;

namespace Akka.Embedded.Tests.Remote;

/// <summary>Connections with TLS, and the peers that they refuse.</summary>
public sealed class RemotingTlsTests : Systems, IDisposable
{
    private readonly Authority _authority = new();
    private readonly Authority _other = new("other root");

    public enum Format
    {
        Pfx,
        Pem,
        EncryptedPem,
    }

    public void Dispose()
    {
        _authority.Dispose();
        _other.Dispose();
    }

    [Theory]
    [InlineData(Format.Pfx)]
    [InlineData(Format.Pem)]
    [InlineData(Format.EncryptedPem)]
    public async Task Systems_with_certificates_of_one_authority_exchange_messages(Format format)
    {
        var (a, b) = (StartTls("a", Write(format)), StartTls("b", Write(format)));
        var probe = new Probe(b);
        var remote = Ref(a, probe.Ref, owner: b);

        for (var i = 0; i < 1000; i++)
        {
            remote.Tell(i);
        }
        remote.Tell(new byte[100_000]);

        Assert.Equal("akka.ssl.tcp", AddressOf(b).Protocol);
        for (var i = 0; i < 1000; i++)
        {
            Assert.Equal(i, await probe.ExpectAsync<int>());
        }
        Assert.Equal(100_000, (await probe.ExpectAsync<byte[]>()).Length);

        string Write(Format of) => of switch
        {
            Format.Pfx => _authority.Pfx(),
            Format.Pem => _authority.Pem(_authority.Issue()),
            _ => _authority.EncryptedPem(_authority.Issue()),
        };
    }

    [Fact]
    public async Task Messages_before_a_shutdown_arrive()
    {
        var (a, b) = (StartTls("a"), StartTls("b"));
        var probe = new Probe(b);
        var remote = Ref(a, probe.Ref, owner: b);
        await Ref(a, b.ActorOf(Props.Create(() => new Echo())), owner: b).Ask<string>("there", Probe.Patience);

        for (var i = 0; i < 100; i++)
        {
            remote.Tell(new byte[10_000]);
        }
        await a.Terminate().WaitAsync(Probe.Patience);

        for (var i = 0; i < 100; i++)
        {
            await probe.ExpectAsync<byte[]>();
        }
    }

    [Fact]
    public async Task Watch_survives_a_cut_connection()
    {
        var a = StartTls("a");
        var (b, proxy) = StartBehindProxy("b", TlsConfig(_authority.Pfx()));
        var (events, watcher) = (Probe.Of<AssociationEvent>(a), new Probe(a));
        var echo = b.ActorOf(Props.Create(() => new Echo()), "echo");
        var remote = Ref(a, echo, owner: b);
        await remote.Ask<string>("there", Probe.Patience);

        proxy.Cut();
        await events.NextAsync<DisassociatedEvent>(e => !e.IsInbound);
        watcher.Watch(remote);
        await events.NextAsync<AssociatedEvent>(e => !e.IsInbound);
        b.Stop(echo);

        await watcher.NextAsync<Terminated>();
    }

    [Fact]
    public async Task Opener_refuses_an_acceptor_of_another_authority()
    {
        var (a, b) = (StartTls("a"), StartTls("b", _other.Pfx()));
        var errors = Probe.Of<AssociationErrorEvent>(a);

        Ref(a, b.ActorOf(Props.Create(() => new Echo())), owner: b).Tell("secret");

        Assert.StartsWith(
            "the peer's certificate 'CN=node' is not trusted (",
            (await errors.NextAsync<AssociationErrorEvent>()).Cause.Message);
    }

    [Fact]
    public async Task Acceptor_refuses_an_opener_of_another_authority_and_the_log_says_why()
    {
        var b = StartTls("b", more: Logged);
        var warnings = Probe.Of<Warning>(b);
        using var peer = await RawPeer.ConnectAsync(b);

        await peer.StartTlsAsync(_other.Issue("stranger"));
        await peer.ReadToEndAsync();

        var line = (await warnings.NextAsync<Warning>()).Message.ToString();
        Assert.StartsWith($"A connection from 127.0.0.1 to {AddressOf(b)} was closed before its handshake: "
            + "the peer's certificate 'CN=stranger' is not trusted (", line);
    }

    [Fact]
    public async Task Opener_reports_that_its_certificate_was_refused()
    {
        var stranger = _authority.Pem(_other.Issue("stranger")); // It trusts the acceptor's authority, and has another one.
        var (a, b) = (StartTls("a", stranger), StartTls("b"));
        var errors = Probe.Of<AssociationErrorEvent>(a);

        Ref(a, b.ActorOf(Props.Create(() => new Echo())), owner: b).Tell("hello");

        Assert.EndsWith(
            "probably it did not accept the certificate of this system, and its log says why",
            (await errors.NextAsync<AssociationErrorEvent>()).Cause.Message);
    }

    [Fact]
    public async Task Acceptor_refuses_an_opener_without_a_certificate()
    {
        var b = StartTls("b", more: Logged);
        var warnings = Probe.Of<Warning>(b);
        using var peer = await RawPeer.ConnectAsync(b);

        await peer.StartTlsAsync(null);
        await peer.ReadToEndAsync();

        Assert.EndsWith("the peer sent no certificate.", (await warnings.NextAsync<Warning>()).Message.ToString());
        Assert.Equal(0, TransportOf(b).AssociationCount);
    }

    [Fact]
    public async Task Opener_without_a_certificate_is_accepted_when_mutual_authentication_is_off()
    {
        var b = StartTls("b", more: "akka.remote.dot-netty.tcp.ssl.require-mutual-authentication = off");
        using var peer = await RawPeer.ConnectAsync(b);

        await peer.StartTlsAsync(null);

        await peer.JoinAsync(b);
    }

    [Fact]
    public async Task Any_certificate_is_accepted_when_validation_is_suppressed()
    {
        const string Suppressed = "akka.remote.dot-netty.tcp.ssl.suppress-validation = on";
        var (a, b) = (StartTls("a", more: Suppressed), StartTls("b", _other.Pfx(), Suppressed));

        var remote = Ref(a, b.ActorOf(Props.Create(() => new Echo())), owner: b);

        Assert.Equal("there", await remote.Ask<string>("there", Probe.Patience));
    }

    [Fact]
    public async Task Systems_that_share_a_self_signed_certificate_trust_each_other_and_no_other()
    {
        var own = new Authority("shared");
        using var _ = own;
        var (a, b, c) = (StartTls("a", own.Self()), StartTls("b", own.Self()), StartTls("c"));
        var errors = Probe.Of<AssociationErrorEvent>(c);

        Assert.Equal("there", await Ref(a, b.ActorOf(Props.Create(() => new Echo())), owner: b).Ask<string>("there", Probe.Patience));
        Ref(c, b.ActorOf(Props.Create(() => new Echo())), owner: b).Tell("secret");

        Assert.Contains("is not trusted", (await errors.NextAsync<AssociationErrorEvent>()).Cause.Message);
    }

    [Fact]
    public async Task Opener_checks_the_acceptors_host_when_hostnames_are_validated()
    {
        var (a, b) = (StartTls("a", more: Hostnames), StartTls("b", _authority.Pfx(_authority.Issue(hosts: ["elsewhere"])), Hostnames));
        var errors = Probe.Of<AssociationErrorEvent>(a);

        Ref(a, b.ActorOf(Props.Create(() => new Echo())), owner: b).Tell("hello");

        Assert.Equal(
            "the peer's certificate 'CN=node' is not valid for the host of its address",
            (await errors.NextAsync<AssociationErrorEvent>()).Cause.Message);
    }

    [Fact]
    public async Task Acceptor_checks_the_openers_host_when_hostnames_are_validated()
    {
        var b = StartTls("b", more: Hostnames);
        using var honest = await RawPeer.ConnectAsync(b);
        await honest.StartTlsAsync(_authority.Issue(hosts: ["one"]));
        await honest.JoinAsync(b, "one");

        using var peer = await RawPeer.ConnectAsync(b);
        await peer.StartTlsAsync(_authority.Issue(hosts: ["other"]));
        await peer.SayHelloAsync(b, "one");

        Assert.Equal(FrameKind.Refusal, (await peer.ReadFrameAsync()).Kind);
    }

    [Fact]
    public async Task Certificate_of_a_peer_causes_no_download()
    {
        var b = StartTls("b");
        using var bait = new TcpListener(IPAddress.Loopback, 0);
        bait.Start();
        var issuers = new X509AuthorityInformationAccessExtension(
            ocspUris: null, caIssuersUris: [$"http://127.0.0.1:{((IPEndPoint)bait.LocalEndpoint).Port}/issuer.cer"]);
        using var peer = await RawPeer.ConnectAsync(b);

        await peer.StartTlsAsync(_other.Issue(extension: issuers));
        await peer.ReadToEndAsync();

        Assert.False(bait.Pending());
    }

    [Fact]
    public async Task Plain_connection_is_closed_by_a_system_with_TLS()
    {
        var b = StartTls("b", more: Logged);
        var warnings = Probe.Of<Warning>(b);
        using var peer = await RawPeer.ConnectAsync(b);

        await peer.SayHelloAsync(b);
        await peer.ReadToEndAsync();

        Assert.Contains("the peer made no TLS 1.3 handshake", (await warnings.NextAsync<Warning>()).Message.ToString());
    }

    [Fact]
    public async Task TLS_connection_is_closed_by_a_system_without_TLS_and_the_log_says_why()
    {
        var b = Start("b", Logged);
        var warnings = Probe.Of<Warning>(b);
        using var peer = await RawPeer.ConnectAsync(b);

        await Assert.ThrowsAnyAsync<Exception>(() => peer.StartTlsAsync(null).WaitAsync(Probe.Patience));

        Assert.Contains("the peer speaks TLS, and this system does not", (await warnings.NextAsync<Warning>()).Message.ToString());
    }

    [Fact]
    public async Task Address_with_the_other_protocol_is_an_error_that_names_both()
    {
        var (a, b) = (StartTls("a"), Start("b"));
        var errors = Probe.Of<AssociationErrorEvent>(a);

        Ref(a, b.ActorOf(Props.Create(() => new Echo())), owner: b).Tell("hello");

        var error = (await errors.NextAsync<AssociationErrorEvent>()).Cause.Message;
        Assert.StartsWith($"{AddressOf(b)} has the protocol akka.tcp, and this system uses akka.ssl.tcp.", error);
    }

    private const string Logged = "akka.loglevel = WARNING\nakka.loggers = []";
    private const string Hostnames = "akka.remote.dot-netty.tcp.ssl.validate-certificate-hostname = on";

    private static string TlsConfig(string path, string more = "") => $$"""
        akka.remote.dot-netty.tcp { enable-ssl = on, ssl.certificate { path = "{{path}}", password = "{{Authority.Password}}" } }
        {{more}}
        """;

    private ActorSystem StartTls(string name, string? path = null, string more = "") =>
        Start(name, TlsConfig(path ?? _authority.Pfx(), more));
}

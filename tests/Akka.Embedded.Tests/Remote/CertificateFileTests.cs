using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Akka.Remote;

namespace Akka.Embedded.Tests.Remote;

/// <summary>The certificate file: errors at the start, and changes later.</summary>
public sealed class CertificateFileTests : Systems, IDisposable
{
    private readonly Authority _authority = new();

    public void Dispose() => _authority.Dispose();

    [Fact]
    public void Start_fails_when_the_file_does_not_exist()
    {
        var error = Assert.Throws<RemoteTransportException>(() => Start("a", Tls("no-such-file.pfx")));

        Assert.Equal(
            "The certificate file 'no-such-file.pfx' cannot be used: it does not exist. "
            + "Set akka.remote.dot-netty.tcp.ssl.certificate.path to a PFX or PEM file that this process may read.",
            error.Message);
    }

    [Fact]
    public void Start_fails_when_the_password_is_wrong()
    {
        foreach (var file in (string[])[_authority.Pfx(), _authority.EncryptedPem(_authority.Issue())])
        {
            var error = Assert.Throws<RemoteTransportException>(() => Start("a", Tls(file, "wrong")));

            Assert.StartsWith($"The certificate file '{file}' cannot be used: it is damaged, or the password is wrong (", error.Message);
            Assert.Contains("Check akka.remote.dot-netty.tcp.ssl.certificate.password", error.Message);
        }
    }

    [Fact]
    public void Start_fails_when_the_file_is_damaged()
    {
        foreach (var file in (string[])[_authority.Write([1, 2, 3], ".pfx"), _authority.Write("-----BEGIN nothing"u8.ToArray(), ".pem")])
        {
            var error = Assert.Throws<RemoteTransportException>(() => Start("a", Tls(file)));

            Assert.StartsWith($"The certificate file '{file}' cannot be used: it is damaged", error.Message);
        }
    }

    [Fact]
    public void Start_fails_when_the_file_has_no_private_key()
    {
        var file = _authority.PemWithoutKey(_authority.Issue());

        var error = Assert.Throws<RemoteTransportException>(() => Start("a", Tls(file)));

        Assert.Equal(
            $"The certificate file '{file}' cannot be used: it has no private key. "
            + "Use a PFX file with the key, or append the key to the PEM file.",
            error.Message);
    }

    [Fact]
    public void Start_fails_when_the_certificate_has_expired()
    {
        var error = Assert.Throws<RemoteTransportException>(() => Start("a", Tls(_authority.Pfx(_authority.Issue(days: 10)))));

        Assert.Contains("the certificate 'CN=node' is valid from ", error.Message);
        Assert.EndsWith("Renew the certificate, or correct this machine's clock.", error.Message);
    }

    [Theory]
    [InlineData("certificate.path = \"\"", "no certificate is configured")]
    [InlineData("certificate.use-thumbprint-over-file = on", "use-thumbprint-over-file is on")]
    [InlineData("certificate.use-thumprint-over-file = on", "use-thumprint-over-file is on")]
    [InlineData("certificate.flags = [exportible]", "flags contains [exportible]")]
    public void Start_fails_when_a_key_cannot_be_honoured(string key, string expected)
    {
        var config = $"{Tls("any.pfx")}\nakka.remote.dot-netty.tcp.ssl.{key}";

        var error = Assert.Throws<ConfigurationException>(() => Start("a", config));

        Assert.Contains(expected, error.Message);
    }

    [Fact]
    public async Task Changed_file_is_used_for_new_connections()
    {
        using var next = new Authority("next root");
        var file = _authority.Pfx();
        var b = Start("b", Tls(file));
        var echo = b.ActorOf(Props.Create(() => new Echo()), "echo");
        Assert.Equal("there", await Ask(_authority, "early", b, echo));

        File.WriteAllBytes(file, next.PfxBytes(next.Issue()));

        Assert.Equal("there", await Ask(next, "late", b, echo));
    }

    [Fact]
    public async Task Former_certificate_stays_with_one_warning_when_the_new_file_is_broken()
    {
        var file = _authority.Pfx();
        var b = Start("b", Tls(file, more: "akka.loglevel = WARNING\nakka.loggers = []"));
        var (echo, warnings) = (b.ActorOf(Props.Create(() => new Echo()), "echo"), Probe.Of<Warning>(b));

        File.WriteAllBytes(file, [1, 2, 3]);
        Assert.Equal("there", await Ask(_authority, "first", b, echo));
        Assert.Equal("there", await Ask(_authority, "second", b, echo));
        File.Delete(file);
        Assert.Equal("there", await Ask(_authority, "third", b, echo));

        string[] problems = ["it is damaged", "it does not exist"];
        foreach (var problem in problems)
        {
            var line = (await warnings.ExpectAsync<Warning>()).Message.ToString()!; // Justification: a log line has a text.
            Assert.Contains(problem, line);
            Assert.Contains("The former certificate stays in use: 'CN=node', valid until ", line);
        }
    }

    private static string Tls(string path, string password = Authority.Password, string more = "") => $$"""
        akka.remote.dot-netty.tcp { enable-ssl = on, ssl.certificate { path = "{{path}}", password = "{{password}}" } }
        {{more}}
        """;

    private async Task<string> Ask(Authority authority, string name, ActorSystem system, IActorRef echo)
    {
        var asker = Start(name, Tls(authority.Pfx()));
        return await Ref(asker, echo, owner: system).Ask<string>("there", Probe.Patience);
    }
}

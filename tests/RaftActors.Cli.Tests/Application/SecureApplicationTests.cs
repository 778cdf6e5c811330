using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

using Akka.Configuration;

using TrialKit;

namespace RaftActors.Cli.Tests.Application;

/// <summary>Commands to an application whose nodes have encryption and authentication.</summary>
[Trait("Needs", "TLS")]
public sealed class SecureApplicationTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Nodes_with_certificates_let_a_reader_look_and_an_operator_change(bool isAtAddress)
    {
        string[] at = isAtAddress ? ["--at-address"] : [];
        var certificates = _folder["certs"];
        Assert.Equal(0, Run.Here("certs", "--dir", certificates, "127.0.0.1", "--client", "boss", "--client", "eye").Code);
        using var group = new OrdersGroup(
            $$"""
            security {
              tls { certificate = "{{certificates}}/127.0.0.1.pem", key = "{{certificates}}/127.0.0.1.key", ca = "{{certificates}}/ca.pem" }
              roles { operator = [boss], reader = [eye] }
            }
            """,
            isAtAddress: isAtAddress);

        await ServesByRole(group, FilesOf("boss"), FilesOf("eye"));

        var check = Ask(group, ["check", .. FilesOf("eye")]);
        Assert.Contains(check.Lines, line => line.StartsWith($"OK    {certificates}/eye.pem: the certificate CN=eye is valid until "));

        var plain = Ask(group, ["status", "--timeout", "10s", .. at]);
        Assert.Equal((1, ""), (plain.Code, plain.Output));
        Assert.Contains("needs --tls-cert", plain.Error);

        string[] FilesOf(string name) =>
        [
            "--tls-cert", $"{certificates}/{name}.pem", "--tls-key", $"{certificates}/{name}.key",
            "--tls-ca", $"{certificates}/ca.pem", .. at,
        ];
    }

    [Fact]
    public async Task A_remoting_with_TLS_is_reached_with_the_settings_of_the_application()
    {
        var (settings, file) = (RemotingWithTls(), _folder["shop.conf"]);
        File.WriteAllText(file, settings);
        using var group = new OrdersGroup(remoting: ConfigurationFactory.ParseString(settings));
        await group.AppendAsync("order-1", "beer");

        var plain = Ask(group, ["status", "--timeout", "10s"]);
        Assert.Equal((1, ""), (plain.Code, plain.Output));
        Assert.Contains("enable-ssl needs --remoting", plain.Error);

        var (status, transfer) = (Ask(group, ["status", "--remoting", file]), Ask(group, ["transfer", "--remoting", file]));
        Assert.Equal((0, ""), (status.Code, status.Error));
        Assert.Equal((0, "another process leads\n", ""), (transfer.Code, transfer.Output, transfer.Error));
    }

    [Theory]
    [InlineData("akka { actor.provider = remote }", "has none")]
    [InlineData("akka.remote {", "is wrong")]
    [InlineData(null, "cannot be read")]
    public void A_file_without_settings_of_the_remoting_is_refused(string? text, string why)
    {
        var file = _folder["shop.conf"];
        if (text is not null)
        {
            File.WriteAllText(file, text);
        }

        var run = Run.Here("status", "--contacts", "shop@127.0.0.1:1", "--remoting", file);

        Assert.Equal((2, ""), (run.Code, run.Output));
        Assert.Contains($"--remoting needs a HOCON file with a section akka.remote, and '{file}' {why}", run.Error);
    }

    [Theory]
    [InlineData("""
        akka.remote.dot-netty.tcp {
          enable-ssl = on
          ssl.certificate { path = "/missing/shop.pfx", password = "hidden" }
        }
        """, "Akka's remoting does not start with the settings of this file")]
    [InlineData("akka.remote.dot-netty.tcp.maximum-frame-size = large", "'large' was not in a correct format")]
    [InlineData("""
        akka.remote.dot-netty.tcp.port = 2551
        raft.transport-tcp.unencrypted = perhaps
        """, "shop.conf' is neither on nor off")]
    public void Settings_of_the_remoting_that_do_not_work_are_a_wrong_command(string text, string why)
    {
        var file = _folder["shop.conf"];
        File.WriteAllText(file, text);

        var run = Run.Here("status", "--contacts", "shop@127.0.0.1:1", "--remoting", file);

        Assert.Equal((2, ""), (run.Code, run.Output));
        Assert.Contains("raft: --remoting: ", run.Error);
        Assert.Contains(why, run.Error);
        Assert.DoesNotContain("hidden", run.Error);
    }

    private string RemotingWithTls()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        var file = _folder["remoting.pfx"];
        File.WriteAllBytes(file, certificate.Export(X509ContentType.Pfx, "password"));
        return $$"""
            akka.remote.dot-netty.tcp {
              hostname = "10.0.0.1"
              port = 2551
              enable-ssl = on
              ssl { suppress-validation = on, certificate { path = "{{file}}", password = "password" } }
            }
            raft.transport-tcp.unencrypted = on
            """;
    }

    private static async Task ServesByRole(OrdersGroup group, string[] boss, string[] eye)
    {
        await group.AppendAsync("order-1", "beer");

        var (status, tail) = (Ask(group, ["status", .. eye]), Ask(group, ["log", "tail", .. eye]));
        Assert.Equal((0, ""), (status.Code, status.Error));
        Assert.Equal((0, "1  \"order-1\" = 5 bytes: beer\n"), (tail.Code, tail.Output));

        var top = Run.Here(["top", "--count", "1", "--contacts", group.Contacts[1], .. eye]);
        Assert.Equal((0, ""), (top.Code, top.Error));
        Assert.Matches(@"(?m)^orders +orders@\S+ +\d+ +3/3 +1 +0$", top.Output);

        var refused = Ask(group, ["transfer", .. eye]);
        Assert.Equal(1, refused.Code);
        Assert.Contains("'eye' was refused: it has the role reader, and this call needs the role operator", refused.Error);

        var snapshot = Ask(group, ["snapshot", group.Names[0].Value, .. eye]);
        Assert.Equal((1, ""), (snapshot.Code, snapshot.Output));
        Assert.Contains("'eye' was refused: it has the role reader, and this call needs the role operator", snapshot.Error);
        Assert.Contains("takes no snapshots", Ask(group, ["snapshot", group.Names[0].Value, .. boss]).Error);

        var done = Ask(group, ["transfer", .. boss]);
        Assert.Equal((0, "another process leads\n", ""), (done.Code, done.Output, done.Error));
    }

    private static Run Ask(OrdersGroup group, string[] command) =>
        Run.Here([.. command, "--contacts", string.Join(',', group.Contacts), "--group", "orders"]);
}

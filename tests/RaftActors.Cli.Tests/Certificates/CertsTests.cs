using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

using RaftActors.Cli.Certificates;

namespace RaftActors.Cli.Tests.Certificates;

/// <summary><c>raft certs</c>: the files that it writes, and the files that it leaves alone.</summary>
[Trait("Needs", "Linux")]
public sealed class CertsTests : FolderTest
{
    private const string ServerUse = "1.3.6.1.5.5.7.3.1";
    private const string ClientUse = "1.3.6.1.5.5.7.3.2";

    private string Certificates => Folder["certs"];

    [Fact]
    public void Certificates_of_servers_and_clients_are_signed_by_the_ca_for_their_names_and_uses()
    {
        Make("node1", "127.0.0.1,localhost", "--client", "alice");

        AssertSigned("node1", ["node1"], [ServerUse, ClientUse]);
        AssertSigned("127.0.0.1", ["localhost", "127.0.0.1"], [ServerUse, ClientUse]);
        AssertSigned("alice", ["alice"], [ClientUse]);
    }

    [Fact]
    public void Openssl_accepts_the_certificates()
    {
        Make("node1", "--client", "alice");

        var run = Run.Shell(
            $"cd {Certificates}; command -v openssl &>/dev/null || exit 0; openssl verify -x509_strict -CAfile ca.pem -purpose "
            + "sslserver node1.pem && openssl verify -x509_strict -CAfile ca.pem -purpose sslclient node1.pem alice.pem && ! openssl "
            + "verify -CAfile ca.pem -purpose sslserver alice.pem 2>&1");

        Assert.Equal(0, run.Code);
    }

    [Fact]
    public void Files_are_private()
    {
        Make("node1");

        Assert.Equal(
            ["ca.key", "ca.pem", "node1.key", "node1.pem"], Directory.GetFiles(Certificates).Select(Path.GetFileName).Order());
        Assert.All(
            Directory.GetFiles(Certificates),
            file => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, new FileInfo(file).UnixFileMode));
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, new DirectoryInfo(Certificates).UnixFileMode);
    }

    [Fact]
    public void Second_run_adds_a_server_with_the_same_ca()
    {
        Make("node1");
        var before = TextOf("ca.pem") + TextOf("ca.key") + TextOf("node1.pem");

        var run = Make("node2");

        Assert.Equal(before, TextOf("ca.pem") + TextOf("ca.key") + TextOf("node1.pem"));
        Assert.Contains("CA, as before", run.Output);
        AssertSigned("node2", ["node2"], [ServerUse, ClientUse]);
    }

    [Fact]
    public void Existing_certificate_is_replaced_only_with_force()
    {
        Make("node1");
        var before = TextOf("node1.pem") + TextOf("node1.key");

        var refused = Certs("node2", "node1");

        Assert.Equal((ExitCode.Failed, ""), (refused.Code, refused.Output));
        Assert.Contains("node1.pem exists, and nothing was written. Replace it with --force", refused.Error);
        Assert.Equal(before, TextOf("node1.pem") + TextOf("node1.key"));
        Assert.False(File.Exists(PathOf("node2.pem")));

        var ca = TextOf("ca.pem");
        Make("node1", "--force");
        Assert.NotEqual(before, TextOf("node1.pem") + TextOf("node1.key"));
        Assert.Equal(ca, TextOf("ca.pem"));
        AssertSigned("node1", ["node1"], [ServerUse, ClientUse]);
    }

    [Fact]
    public void Validity_has_the_given_days_and_ends_with_the_ca()
    {
        Make("node1", "--days", "7");
        Assert.InRange(Load("node1").NotAfter, DateTime.Now.AddDays(6), DateTime.Now.AddDays(7));

        using var authority = CertificateAuthority.Make(DateTimeOffset.Now);
        var nextYears = DateTimeOffset.Now.AddYears(9);
        using var late = authority.Sign(new CertificateName(["node2"], IsServer: true), nextYears, TimeSpan.FromDays(3650));
        Assert.Equal(authority.Certificate.NotAfter, late.NotAfter);
        var yesterday = DateTimeOffset.Now.AddDays(-1);
        using var early = authority.Sign(new CertificateName(["node2"], IsServer: true), yesterday, TimeSpan.FromDays(2));
        Assert.Equal(authority.Certificate.NotBefore, early.NotBefore);
    }

    [Theory]
    [InlineData("node1.example.com", "node1.example.com")]
    [InlineData("::1", "__1")]
    [InlineData("*.example.com", "_.example.com")]
    [InlineData("Con", "_Con")]
    [InlineData("com1.example.com", "_com1.example.com")]
    [InlineData("console", "console")]
    public void File_of_a_certificate_has_a_name_that_each_system_allows(string name, string file) =>
        Assert.Equal(file, CertificateName.Parse(name, isServer: true).File);

    [Fact]
    public void No_key_is_printed()
    {
        var run = Make("node1", "--client", "alice");

        Assert.DoesNotContain("PRIVATE", run.Output + run.Error);
        Assert.Contains($"raft server -c LIST -p PORT --host node1 --tls-cert {PathOf("node1.pem")}", run.Output);
        Assert.Contains($"raft status -S HOST:PORT --tls-cert {PathOf("alice.pem")}", run.Output);
    }

    [Theory]
    [InlineData("ca.key")]
    [InlineData("ca.pem")]
    public void Ca_without_its_key_or_its_certificate_is_refused(string lost)
    {
        Make("node1");
        File.Delete(PathOf(lost));

        var run = Certs("node2");

        Assert.Equal(ExitCode.Failed, run.Code);
        Assert.Contains("ca.key cannot be used", run.Error);
        Assert.False(File.Exists(PathOf(lost)));
    }

    [Fact]
    public void Expired_ca_is_refused()
    {
        Make("node1");

        var failure = Assert.Throws<IOException>(() => new CertificateFolder(Certificates).ReadCa(DateTimeOffset.Now.AddYears(11)));
        Assert.Contains("has expired on", failure.Message);
    }

    [Fact]
    public void Name_that_is_too_long_for_a_subject_is_an_alternative_name_alone()
    {
        var name = $"{new string('a', 60)}.example.com";
        using var authority = CertificateAuthority.Make(DateTimeOffset.Now);
        using var certificate = authority.Sign(new CertificateName([name], IsServer: true), DateTimeOffset.Now, TimeSpan.FromDays(1));

        Assert.Equal("CN=raft", certificate.Subject);
        Assert.True(certificate.MatchesHostname(name));
    }

    [Fact]
    public void Folder_that_other_users_can_write_to_is_refused()
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(Folder.Path, File.GetUnixFileMode(Folder.Path) | UnixFileMode.OtherWrite);
        }

        var run = Certs("node1");

        Assert.Equal(ExitCode.Failed, run.Code);
        Assert.Contains($"Cannot keep keys in {Certificates}: other users can write to {Folder.Path}", run.Error);
        Assert.False(Directory.Exists(Certificates));
    }

    [Theory]
    [InlineData("no server and no client is named")]
    [InlineData("'node1:9990' is neither a host name nor an address", "node1:9990")]
    [InlineData("'../x' is neither a host name nor an address", "../x")]
    [InlineData("'' is neither a host name nor an address", "node1,")]
    [InlineData("'10.0.0.1' is not the name of a client", "--client", "10.0.0.1")]
    [InlineData("'ca' is the name of the files of the CA", "CA")]
    [InlineData("'node1' is named twice", "node1", "--client", "node1")]
    [InlineData("'localhost' is named twice", "127.0.0.1,localhost", "--client", "localhost")]
    [InlineData("'*.example.com' is not the name of a client", "--client", "*.example.com")]
    [InlineData("--days must be from 1 to 3650", "node1", "--days", "0")]
    public void Wrong_command_is_refused_and_writes_nothing(string problem, params string[] arguments)
    {
        var run = Certs(arguments);

        Assert.Equal(ExitCode.Usage, run.Code);
        Assert.Contains(problem, run.Error, StringComparison.OrdinalIgnoreCase);
        Assert.False(Directory.Exists(Certificates));
    }

    private Run Certs(params string[] arguments) => Run.Here(["certs", "--dir", Certificates, .. arguments]);

    private Run Make(params string[] arguments)
    {
        var run = Certs(arguments);
        Assert.Equal((ExitCode.Done, ""), (run.Code, run.Error));
        return run;
    }

    private string PathOf(string name) => Path.Combine(Certificates, name);

    private string TextOf(string name) => File.ReadAllText(PathOf(name));

    private X509Certificate2 Load(string name) => X509Certificate2.CreateFromPemFile(PathOf($"{name}.pem"), PathOf($"{name}.key"));

    private void AssertSigned(string name, string[] names, string[] uses)
    {
        using var ca = X509CertificateLoader.LoadCertificateFromFile(PathOf("ca.pem"));
        using var certificate = Load(name);
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(ca);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;

        Assert.True(chain.Build(certificate));
        Assert.True(certificate.HasPrivateKey);
        var alternatives = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().Single();
        Assert.Equal(names, alternatives.EnumerateDnsNames().Concat(alternatives.EnumerateIPAddresses().Select(address => $"{address}")));
        var enhanced = certificate.Extensions.OfType<X509EnhancedKeyUsageExtension>().Single();
        Assert.Equal(uses, enhanced.EnhancedKeyUsages.Cast<Oid>().Select(use => use.Value));
        var basic = certificate.Extensions.OfType<X509BasicConstraintsExtension>().Single();
        Assert.Equal((true, false), (basic.Critical, basic.CertificateAuthority));
        var ofCa = ca.Extensions.OfType<X509BasicConstraintsExtension>().Single();
        Assert.Equal((true, true, 0), (ofCa.CertificateAuthority, ofCa.HasPathLengthConstraint, ofCa.PathLengthConstraint));
        Assert.InRange(certificate.SerialNumberBytes.Span[0], 0x40, 0x7f);
        Assert.Equal(name, certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false));
    }
}

namespace RaftActors.Tests.Settings;

public sealed class SecuritySettingsTests : FolderTest
{
    private static readonly RoleRules NoRoles = new([], [], [], []);

    [Theory]
    [InlineData("security.tls.certificate = a", "raft.security.tls.ca is not")]
    [InlineData("security.tls { certificate = a, pins = [p] }", "pins does not replace them")]
    [InlineData("security.tls.key = a", "no certificate")]
    [InlineData("security.reload-interval = 0s", "reload-interval")]
    public void Wrong_settings_are_refused_with_the_key(string raft, string part)
    {
        var problem = Assert.Throws<RaftConfigurationException>(() => SecuritySettings.Read(Config(raft)));

        Assert.Contains(part, problem.Message);
    }

    [Fact]
    public void Every_key_is_read()
    {
        var tls = SecuritySettings.Read(Config(
            """
            security {
              tls { certificate = a, key = b, password = c, ca = d, pins = [e] }
              reload-interval = 5s
              roles { node = [n], operator = [o], writer = [w], reader = [r] }
            }
            """));

        Assert.Equal(("a", "b", "c", "d", "e"), (tls.Tls!.Certificate, tls.Tls.Key, tls.Tls.Password, tls.Tls.Ca, tls.Tls.Pins[0]));
        Assert.Equal(("n", "o", "w", "r"), (tls.Roles.Nodes[0], tls.Roles.Operators[0], tls.Roles.Writers[0], tls.Roles.Readers[0]));
        Assert.Equal((TimeSpan.FromSeconds(5), true), (tls.ReloadInterval, tls.IsOn));
    }

    [Fact]
    public void Nothing_is_protected_without_a_certificate() => Assert.False(SecuritySettings.Read(Config("")).IsOn);

    [Fact]
    public void Missing_file_is_named()
    {
        var path = Folder["missing"];

        var problem = Assert.Throws<RaftConfigurationException>(() => CredentialFiles.Read(new TlsFiles(path, "", "", path, []), NoRoles));

        Assert.Contains(path, problem.Message);
    }

    [Fact]
    public void Certificate_without_its_key_is_refused_with_the_remedy()
    {
        var ca = new TestCertificates(Folder.Path);
        PrivateText.Restrict(ca.Ca);
        var files = new TlsFiles(ca.Ca, "", "", ca.Ca, []);

        var problem = Assert.Throws<RaftConfigurationException>(() => CredentialFiles.Read(files, NoRoles));

        Assert.Contains(ca.Ca, problem.Message);
    }

    [Theory]
    [InlineData("*", "alice", ConnectionRole.Writer)]
    [InlineData("*.example.com", "alice.example.com", ConnectionRole.Writer)]
    [InlineData("*.example.com", "a.b.example.com", null)]
    [InlineData("*.example.com", "example.com", null)]
    [InlineData("*.example.com", ".example.com", null)]
    [InlineData("*.Example.com", "alice.example.com", ConnectionRole.Writer)]
    [InlineData("Alice", "alice", ConnectionRole.Writer)]
    [InlineData("alice", "alice.example.com", null)]
    public void Role_follows_the_pattern_of_a_name(string pattern, string name, object? role) =>
        Assert.Equal((ConnectionRole?)role, new RoleRules([], [], [pattern], []).RoleOf([name]));

    [Theory]
    [InlineData("CN=alice, O=shop", "alice")]
    [InlineData("O=alice", "")]
    [InlineData("E=alice@example.com, OU=alice", "")]
    public void Certificate_without_alternative_names_has_only_the_name_of_its_cn(string subject, string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow, DateTimeOffset.UtcNow.AddDays(1));

        Assert.Equal(name, string.Join(", ", CertificateNames.Of(certificate)));
    }

    [Fact]
    public void Highest_role_of_a_name_counts() =>
        Assert.Equal(ConnectionRole.Operator, new RoleRules([], ["alice"], ["*"], ["*"]).RoleOf(["alice"]));

    [Theory]
    [InlineData("node1", "raft@node1@localhost", true)]
    [InlineData("node1@localhost", "raft@node1@localhost", true)]
    [InlineData("n1.example.com", "raft@n1.example.com:9990", true)]
    [InlineData("*.example.com", "raft@n1.example.com:9990", true)]
    [InlineData("10.0.0.7", "raft@10.0.0.7:9990", true)]
    [InlineData("127.0.0.1", "raft@:9990", true)]
    [InlineData("10.0.0.7", "raft@:9990", false)]
    [InlineData("node1@localhost", "raft@node1@localhost:9990", false)]
    [InlineData("node2", "raft@node1@localhost", false)]
    [InlineData("n1", "raft@n1.example.com:9990", false)]
    [InlineData("*", "raft@node1@localhost", false)]
    public void Certificate_vouches_for_the_processes_of_its_host(string name, string process, bool vouches) =>
        Assert.Equal(vouches, new PeerIdentity(name, [name], null).VouchesFor(new ProcessName(process)));

    private static Config Config(string raft) =>
        ConfigurationFactory.ParseString(raft).WithFallback(Raft.DefaultConfig().GetConfig("raft")!); // Justification: it has this section.
}

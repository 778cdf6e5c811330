using RaftActors.Storage.Disk;

namespace RaftActors.Tests.Security;

/// <summary>The rights that files of raft.security may have.</summary>
[Trait("Needs", "TLS")]
public sealed class CredentialRightsTests : NodesTest
{
    private const uint User = 1000;
    private const uint Other = 1001;

    private readonly TestProbe _warned;

    public CredentialRightsTests()
        : base("akka { loglevel = WARNING, stdout-loglevel = OFF }")
    {
        _warned = CreateTestProbe();
        Sys.EventStream.Subscribe(_warned, typeof(Warning));
    }

    [Theory]
    [InlineData("600", User, true)]
    [InlineData("400", User, true)]
    [InlineData("640", User, false)]
    [InlineData("604", User, false)]
    [InlineData("644", User, false)]
    [InlineData("610", User, false)]
    [InlineData("600", FileRights.Root, true)]
    [InlineData("640", FileRights.Root, true)]
    [InlineData("440", FileRights.Root, true)]
    [InlineData("644", FileRights.Root, true)]
    [InlineData("444", FileRights.Root, true)]
    [InlineData("660", FileRights.Root, false)]
    [InlineData("646", FileRights.Root, false)]
    [InlineData("600", Other, false)]
    [InlineData("644", Other, false)]
    public void Key_is_used_as_its_owner_and_mode_allow(string mode, uint owner, bool isUsed) =>
        Assert.Equal(isUsed, CredentialRights.ObjectionTo("/etc/key", hasKey: true, Rights(mode, owner), User) is null);

    [Theory]
    [InlineData("644", User, 7, true)]
    [InlineData("664", User, 7, false)]
    [InlineData("664", User, User, true)]
    [InlineData("666", User, User, false)]
    [InlineData("644", FileRights.Root, 0, true)]
    [InlineData("664", FileRights.Root, 0, false)]
    [InlineData("644", Other, 7, false)]
    public void Trusted_roots_may_be_read_and_not_changed_by_others(string mode, uint owner, uint group, bool isUsed) =>
        Assert.Equal(isUsed, CredentialRights.ObjectionTo("/etc/ca", hasKey: false, Rights(mode, owner, group), User) is null);

    [Theory]
    [InlineData("644", FileRights.Root, true)]
    [InlineData("444", FileRights.Root, true)]
    [InlineData("440", FileRights.Root, false)]
    [InlineData("400", FileRights.Root, false)]
    [InlineData("600", User, false)]
    [InlineData("644", User, false)]
    public void Key_of_root_that_all_may_read_gets_a_warning(string mode, uint owner, bool isWarned) =>
        Assert.Equal(isWarned, CredentialRights.ConcernAbout("/etc/key", Rights(mode, owner)) is not null);

    [Fact]
    public void File_of_an_unknown_owner_counts_as_the_users_own()
    {
        Assert.Null(CredentialRights.ObjectionTo("/etc/key", hasKey: true, Rights("600", owner: null), User));
        Assert.NotNull(CredentialRights.ObjectionTo("/etc/key", hasKey: true, Rights("640", owner: null), User));
    }

    [Fact]
    public void Refusal_says_who_may_read_the_file_and_what_to_do()
    {
        var problem = CredentialRights.ObjectionTo("/etc/key", hasKey: true, Rights("644", User), User);

        Assert.Equal(
            "/etc/key has a private key, and other users may read it (mode 644, owner 1000, group 7). Run 'chmod 600 /etc/key'.", problem);
    }

    [Fact]
    public void Owner_and_mode_are_read_through_links_as_kubernetes_makes_them()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        Directory.CreateDirectory(Folder["..2026"]);
        PrivateText.Write(Folder[Path.Combine("..2026", "key")], "secret");
        File.CreateSymbolicLink(Folder["..data"], "..2026");
        File.CreateSymbolicLink(Folder["key"], "..data/key");

        var rights = FileRights.ReadTarget(Folder["key"])!.Value; // Justification: it exists.

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, rights.Mode);
        Assert.Equal(OperatingSystem.IsLinux() ? Libc.User() : null, rights.Owner);
        Assert.Null(FileRights.ReadTarget(Folder["missing"]));
    }

    [Theory]
    [InlineData("certificate")]
    [InlineData("key")]
    [InlineData("ca")]
    [InlineData("pfx")]
    public void Node_does_not_start_with_a_file_that_all_users_may_change(string file)
    {
        var (settings, path) = Settings(file);
        using (new CredentialStore(settings, Sys.Log))
        {
        }

        if (!OpenToAll(path))
        {
            return;
        }

        var problem = Assert.Throws<RaftConfigurationException>(() => new CredentialStore(settings, Sys.Log));

        Assert.Contains($"other users can change {path}", problem.Message);
    }

    [Theory]
    [InlineData("certificate", "600")]
    [InlineData("key", "600")]
    [InlineData("pfx", "600")]
    [InlineData("ca", "go-w")]
    public void Files_with_keys_are_told_from_others(string file, string remedy)
    {
        var (settings, path) = Settings(file);

        if (OpenToAll(path))
        {
            Assert.Contains($"'chmod {remedy} {path}'", CredentialFiles.ObjectionTo(settings.Tls!)); // Justification: Settings sets it.
        }
    }

    [Fact]
    public void Node_starts_with_a_key_that_all_may_read_only_if_it_is_roots_and_warns()
    {
        var (settings, path) = Settings("key");
        if (!Allow("644", path) || OperatingSystem.IsWindows())
        {
            return;
        }

        if (FileRights.ReadTarget(path)?.Owner != FileRights.Root)
        {
            var problem = Assert.Throws<RaftConfigurationException>(() => new CredentialStore(settings, Sys.Log));
            Assert.Contains($"'chmod 600 {path}'", problem.Message);
            return;
        }

        using var store = new CredentialStore(settings, Sys.Log);
        Assert.Contains("defaultMode: 0440", $"{_warned.ExpectMsg<Warning>(Guard).Message}");
    }

    [Fact]
    public void Changed_file_with_wrong_rights_is_not_used_until_they_are_mended()
    {
        var (settings, path) = Settings("certificate");
        using var store = new CredentialStore(settings, Sys.Log);
        var former = store.Current;

        var next = new TestCertificates(Folder.Path).Issue("next", ["127.0.0.1"]);
        if (!OpenToAll(next))
        {
            return;
        }

        File.Move(next, path, overwrite: true);
        store.Refresh();
        Assert.Same(former, store.Current);
        Assert.Contains("the former ones stay in force", $"{_warned.ExpectMsg<Warning>(Guard).Message}");

        PrivateText.Restrict(path);
        store.Refresh();
        Assert.NotSame(former, store.Current);
    }

    private static FileRights Rights(string mode, uint? owner, uint group = 7) =>
        new(IsFolder: false, owner, owner is null ? null : group, (UnixFileMode)Convert.ToInt32(mode, 8));

    private static bool OpenToAll(string path) => Allow("666", path);

    // False: Windows has no modes.
    private static bool Allow(string mode, string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return false;
        }

        File.SetUnixFileMode(path, (UnixFileMode)Convert.ToInt32(mode, 8));
        return true;
    }

    // Files that may be used, and the path of one of them.
    private (SecuritySettings Settings, string Path) Settings(string file)
    {
        var ca = new TestCertificates(Folder.Path);
        var certificate = ca.Issue("node", ["127.0.0.1"]);
        var key = "";
        if (file is "key" or "pfx")
        {
            key = Folder["node.key"];
            File.Copy(certificate, key);
        }

        if (file == "pfx")
        {
            using var own = X509Certificate2.CreateFromPemFile(certificate);
            File.WriteAllBytes(certificate, own.Export(X509ContentType.Pkcs12));
        }

        var path = file switch
        {
            "ca" => ca.Ca,
            "key" => key,
            _ => certificate,
        };
        var files = new TlsFiles(certificate, key, Password: "", ca.Ca, Pins: []);
        return (new SecuritySettings(files, TimeSpan.FromHours(1), new RoleRules([], [], [], [])), path);
    }
}

namespace RaftActors.Storage.Tests.Disk;

/// <summary>The rule for the directory of a store and the folders above it, on tables of rights. The process is user 1000.</summary>
public sealed class TrustedPathTests
{
    private const uint User = 1000;
    private const uint Other = 1001;

    private readonly Dictionary<string, FileRights> _files = new()
    {
        ["/"] = Folder("755", FileRights.Root),
        ["/srv"] = Folder("755", FileRights.Root),
        ["/srv/raft"] = Folder("700", User),
        ["/scratch"] = Folder("1777", FileRights.Root),
    };

    [Theory]
    [InlineData("/srv/raft")]
    [InlineData("/srv/raft/missing/log")]
    [InlineData("/scratch/missing")]
    [InlineData("/srv/missing")]
    public void Directory_that_only_this_user_and_root_can_change_is_accepted(string path) => Assert.Null(ObjectionTo(path));

    [Theory]
    [InlineData("/srv/raft", "755", User, true)]
    [InlineData("/srv/raft", "755", FileRights.Root, true)]
    [InlineData("/srv/raft", "777", User, false)]
    [InlineData("/srv/raft", "1777", User, false)]
    [InlineData("/srv/raft", "700", Other, false)]
    [InlineData("/srv", "777", User, false)]
    [InlineData("/srv", "1777", User, true)]
    [InlineData("/srv", "1777", Other, false)]
    [InlineData("/", "777", FileRights.Root, false)]
    public void Writers_and_owners_of_the_directory_and_of_each_folder_above_count(string path, string mode, uint owner, bool isAccepted)
    {
        _files[path] = Folder(mode, owner);

        Assert.Equal(isAccepted, ObjectionTo("/srv/raft") is null);
    }

    [Theory]
    [InlineData(User, true)]
    [InlineData(2000, false)]
    [InlineData(FileRights.Root, false)]
    public void Group_may_write_only_if_it_has_the_number_of_the_user(uint group, bool isAccepted)
    {
        _files["/srv/raft"] = Folder("2775", FileRights.Root, group);

        Assert.Equal(isAccepted, ObjectionTo("/srv/raft") is null);
    }

    [Fact]
    public void Root_trusts_no_other_owner()
    {
        Assert.Contains("/srv/raft belongs to user 1000, and this program runs as user 0", ObjectionTo("/srv/raft", user: 0));
        Assert.Null(ObjectionTo("/srv", user: 0));
    }

    [Fact]
    public void Folders_on_both_sides_of_a_symbolic_link_count()
    {
        _files["/srv/here"] = Link("disk/../disk/raft", FileRights.Root);
        _files["/srv/disk"] = Folder("755", FileRights.Root);
        _files["/srv/disk/raft"] = Folder("700", User);
        Assert.Null(ObjectionTo("/srv/here"));

        _files["/srv/disk"] = Folder("777", FileRights.Root);
        Assert.StartsWith("other users can write to /srv/disk (mode 777, owner 0, group 0)", ObjectionTo("/srv/here"));

        _files["/srv/disk"] = Folder("755", FileRights.Root);
        _files["/srv"] = Folder("777", FileRights.Root);
        Assert.StartsWith("other users can write to /srv (", ObjectionTo("/srv/here"));
    }

    [Fact]
    public void Symbolic_link_of_another_user_is_refused()
    {
        _files["/scratch/mine"] = Link("/srv/raft", User);
        _files["/scratch/theirs"] = Link("/srv/raft", Other);

        Assert.Null(ObjectionTo("/scratch/mine"));
        Assert.StartsWith("/scratch/theirs belongs to user 1001", ObjectionTo("/scratch/theirs"));
    }

    [Fact]
    public void Symbolic_links_in_a_circle_end_the_check()
    {
        _files["/srv/one"] = Link("two", User);
        _files["/srv/two"] = Link("one", User);

        Assert.Null(ObjectionTo("/srv/one"));
    }

    [Fact]
    public void Objection_names_the_remedy()
    {
        _files["/srv"] = Folder("2775", FileRights.Root, group: 2000);

        Assert.Equal(
            "other users can write to /srv (mode 2775, owner 0, group 2000), so they could replace files below it. Run "
            + "'chmod go-w /srv', or name another directory.",
            ObjectionTo("/srv/raft"));
    }

    private static FileRights Folder(string mode, uint owner, uint group = 0) =>
        new(IsFolder: true, owner, group, (UnixFileMode)Convert.ToInt32(mode, 8));

    private static FileRights Link(string target, uint owner) =>
        new(IsFolder: false, owner, 0, (UnixFileMode)Convert.ToInt32("777", 8), target);

    private string? ObjectionTo(string path, uint user = User) =>
        new TrustedPath(user, path => _files.TryGetValue(path, out var rights) ? rights : null).Objection(path);
}

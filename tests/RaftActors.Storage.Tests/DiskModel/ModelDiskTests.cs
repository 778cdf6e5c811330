namespace RaftActors.Storage.Tests.DiskModel;

/// <summary>The assumptions of the model disk, one test each. Every crash test depends on them.</summary>
public sealed class ModelDiskTests
{
    private readonly ModelDisk _disk = new();

    [Fact]
    public void Synced_write_under_a_synced_name_survives_every_cut()
    {
        Write("a", 0, [1, 2, 3]).Sync();
        _disk.SyncFolder("");

        var cut = Assert.Single(_disk.CutsAfter(_disk.Operations.Count));

        Assert.Equal<byte>([1, 2, 3], cut.Found.Files["a"]);
    }

    [Fact]
    public void File_in_an_unsynced_folder_may_be_gone()
    {
        Write("a", 0, [1]).Sync();

        Assert.Equal([false, true], Founds().Select(found => found.Files.ContainsKey("a")).Order());
    }

    [Fact]
    public void Unsynced_file_may_be_empty_short_or_full_of_zeros()
    {
        _disk.Create("a", 4);
        _disk.SyncFolder("");

        Assert.Equal(["", "0000", "00000000"], Contents("a"));
    }

    [Fact]
    public void Two_writes_are_kept_or_lost_whatever_their_order()
    {
        var file = Write("a", 0, [1, 2]);
        file.Sync();
        _disk.SyncFolder("");
        file.Write(0, [8]);
        file.Write(1, [9]);

        Assert.Equal(["0102", "0109", "0802", "0809"], Contents("a"));
    }

    [Fact]
    public void Write_over_two_sectors_may_be_torn_between_or_within_them()
    {
        _disk.Create("a", 1024).Sync();
        _disk.SyncFolder("");
        _disk.Open("a").Write(510, [1, 2, 3]);

        var torn = Founds().Select(one => Hex(one.Files["a"][510..513])).Distinct().Order();
        Assert.Equal(["000000", "000003", "010000", "010200", "010203"], torn);
    }

    [Fact]
    public void Write_over_four_sectors_may_leave_the_middle_alone_or_all_but_it()
    {
        _disk.Create("a", 2048).Sync();
        _disk.SyncFolder("");
        _disk.Open("a").Write(0, [.. Enumerable.Repeat((byte)1, 2048)]);

        var torn = Founds().Select(found => string.Concat(found.Files["a"].Chunk(512).Select(sector => sector[0]))).ToHashSet();

        Assert.Superset(new HashSet<string> { "0000", "1000", "1100", "1110", "0111", "0011", "0001", "0110", "1001", "1111" }, torn);
    }

    [Fact]
    public void Unsynced_rename_is_done_whole_or_not_at_all()
    {
        Write("old", 0, [1]).Sync();
        Write("new", 0, [2]).Sync();
        _disk.SyncFolder("");
        _disk.Rename("new", "old");

        Assert.Equal(["old=02", "new=02 old=01"], Founds().Select(Describe).Distinct());
    }

    [Fact]
    public void Unsynced_names_are_kept_and_lost_in_any_combination()
    {
        Write("a", 0, [1]).Sync();
        Write("b", 0, [2]).Sync();

        Assert.Equal(["", "a=01", "a=01 b=02", "b=02"], Founds().Select(Describe).Distinct().Order());
    }

    [Fact]
    public void Unsynced_deletion_may_be_undone()
    {
        Write("a", 0, [1]).Sync();
        _disk.SyncFolder("");
        _disk.Delete("a");

        Assert.Equal(["", "a=01"], Founds().Select(Describe).Order());
    }

    [Fact]
    public void Lost_folder_loses_its_files()
    {
        _disk.CreateFolder("f/g");
        Write("f/g/a", 0, [1]).Sync();
        _disk.SyncFolder("f/g");
        _disk.SyncFolder("f");

        Assert.Equal(["", "f/g/a=01"], Founds().Select(Describe).Distinct().Order());
    }

    [Fact]
    public void Failed_sync_leaves_writes_in_doubt_even_after_a_later_sync()
    {
        var file = Write("a", 0, [1, 2]);
        file.Sync();
        _disk.SyncFolder("");
        file.Write(0, [8]);
        _disk.Fail(DiskFault.Sync);
        Assert.Throws<IOException>(file.Sync);
        file.Write(1, [9]);
        file.Sync();

        Assert.Equal(["0109", "0809"], Contents("a"));
        Assert.Equal("0809", Hex(_disk.Now.Files["a"]));
    }

    [Fact]
    public void Lying_sync_makes_no_write_durable()
    {
        var file = Write("a", 0, [1]);
        file.Sync();
        _disk.SyncFolder("");
        file.Write(0, [2]);
        _disk.Fail(DiskFault.LyingSync);
        file.Sync();

        Assert.Equal(["01", "02"], Contents("a"));
    }

    [Fact]
    public void Cut_ignores_later_operations()
    {
        Write("a", 0, [1]).Sync();
        _disk.SyncFolder("");
        var before = _disk.Operations.Count;
        Write("b", 0, [2]).Sync();

        Assert.Equal(["a=01"], _disk.CutsAfter(before).Select(cut => Describe(cut.Found)));
    }

    [Fact]
    public void New_disk_shows_the_image_that_it_was_given()
    {
        Write("a", 0, [1, 2, 3]).Sync();

        var disk = new ModelDisk(_disk.Now);
        var buffer = new byte[8];

        Assert.Equal(["a"], disk.List(""));
        Assert.Equal(2, disk.Open("a").Read(1, buffer));
        Assert.Equal<byte>([2, 3], buffer[..2]);
        Assert.Empty(disk.Operations);
    }

    [Fact]
    public void Planned_fault_hits_only_the_nth_operation_of_its_kind()
    {
        _disk.Fail(DiskFault.Write, nth: 2);
        var file = Write("a", 0, [1, 2]);

        Assert.Throws<IOException>(() => file.Write(0, [8, 9]));
        file.Write(1, [3]);
        Assert.Equal("0803", Hex(_disk.Now.Files["a"]));
    }

    [Fact]
    public void Full_disk_creates_no_file()
    {
        _disk.Capacity = 100;

        Assert.Throws<DiskFullException>(() => _disk.Create("a", 101));
        Assert.Empty(_disk.List(""));
        _disk.Create("a", 60);
        Assert.Equal(40, _disk.FreeBytes());
    }

    private static string Hex(byte[] bytes) => Convert.ToHexString(bytes);

    private static string Describe(DiskImage found) => string.Join(' ', found.Files.Select(file => $"{file.Key}={Hex(file.Value)}"));

    private IDiskFile Write(string name, long offset, byte[] bytes)
    {
        var file = _disk.Create(name, 0);
        file.Write(offset, bytes);
        return file;
    }

    private IEnumerable<DiskImage> Founds() => _disk.CutsAfter(_disk.Operations.Count, few: 10_000).Select(cut => cut.Found);

    private IEnumerable<string> Contents(string name) => Founds().Select(found => Hex(found.Files[name])).Distinct().Order();
}

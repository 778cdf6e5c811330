namespace RaftActors.Storage.Tests.Disk;

public sealed class FileDiskTests : FolderTest
{
    private readonly FileDisk _disk;

    public FileDiskTests() => _disk = new FileDisk(Folder.Path);

    [Fact]
    public void New_file_has_its_length_and_reads_as_zero()
    {
        var free = _disk.FreeBytes();
        using var file = _disk.Create("new", 64 << 20);
        var read = new byte[4096];

        Assert.Equal(64 << 20, file.Length);
        Assert.Equal(read.Length, file.Read((64 << 20) - read.Length, read));
        Assert.Equal(new byte[4096], read);
        Assert.InRange(free, 1, long.MaxValue);
        Assert.Equal(64 << 20, AllocatedBytes("new"));
    }

    [Fact]
    public void File_can_be_opened_twice()
    {
        using var one = _disk.Create("file", 4);
        using var other = _disk.Open("file");
        one.Write(0, "shared"u8);
        var read = new byte[6];

        Assert.Equal(6, other.Read(0, read));
        Assert.Equal("shared"u8, read);
    }

    [Fact]
    public void Opening_a_missing_file_fails_and_creates_none()
    {
        var alone = Assert.Throws<FileNotFoundException>(() => _disk.Open("missing"));
        var inFolder = Assert.Throws<FileNotFoundException>(() => _disk.Open("missing/missing"));

        Assert.Contains(Folder["missing"], alone.Message);
        Assert.Contains(Folder["missing/missing"], inFolder.Message);
        Assert.Empty(_disk.List(""));
    }

    [Fact]
    public void Folder_lists_its_files_in_ordinal_order_and_no_folders()
    {
        _disk.CreateFolder("a/folder");
        foreach (var name in (string[])["b", "B", "a10", "a9"])
        {
            _disk.Create($"a/{name}", 0).Dispose();
        }

        Assert.Equal(["B", "a10", "a9", "b"], _disk.List("a"));
        Assert.Empty(_disk.List("a/folder"));
        Assert.Empty(_disk.List(""));
        Assert.ThrowsAny<IOException>(() => _disk.List("missing"));
    }

    [Fact]
    public void Rename_replaces_an_existing_file()
    {
        using (var file = _disk.Create("from", 0))
        {
            file.Write(0, "new"u8);
        }

        _disk.Create("to", 100).Dispose();
        _disk.Rename("from", "to");

        Assert.Equal(["to"], _disk.List(""));
        Assert.Equal("new", File.ReadAllText(Folder["to"]));
        Assert.ThrowsAny<IOException>(() => _disk.Rename("from", "to"));
    }

    [Fact]
    public void Open_file_can_be_read_after_its_deletion()
    {
        using var file = _disk.Create("file", 0);
        file.Write(0, "abc"u8);
        _disk.Delete("file");
        var read = new byte[3];

        Assert.Equal(3, file.Read(0, read));
        Assert.Empty(_disk.List(""));
    }

    [Fact]
    public void Path_for_messages_is_absolute()
    {
        Assert.Equal(Folder.Path, _disk.PathOf(""));
        Assert.Equal(Folder["log/1"], _disk.PathOf("log/1"));
    }

    private long AllocatedBytes(string name)
    {
        using var du = System.Diagnostics.Process.Start(
            new System.Diagnostics.ProcessStartInfo("du", ["--block-size=1", Folder[name]]) { RedirectStandardOutput = true })!;
        var allocated = long.Parse(du.StandardOutput.ReadToEnd().Split('\t')[0]);
        du.WaitForExit();
        return allocated;
    }
}

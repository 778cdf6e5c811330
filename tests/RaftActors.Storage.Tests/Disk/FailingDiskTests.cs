using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace RaftActors.Storage.Tests.Disk;

/// <summary>Each failure of the disk is an exception. The tests use special files of Linux that refuse operations.</summary>
[UnsupportedOSPlatform("windows")]
[Trait("Needs", "Linux")]
public sealed class FailingDiskTests : FolderTest
{
    [Fact]
    public void Refused_sync_is_an_error_with_file_and_cause()
    {
        using var file = new FileDisk("/dev").Open("null");

        var error = Assert.Throws<IOException>(file.Sync);

        Assert.Contains("/dev/null", error.Message);
        Assert.Contains("EINVAL", error.Message);
        Assert.Contains("local disk", error.Message);
    }

    [Fact]
    public void Sync_that_fails_on_a_full_disk_is_final()
    {
        const int NoSpace = 28;
        var full = DiskFailure.Of("/data/file", "could not be synced", NoSpace);
        Assert.IsType<DiskFullException>(full);

        var error = DiskFailure.OfSync(full);

        Assert.IsType<IOException>(error);
        Assert.Equal(full.Message, error.Message);
    }

    [Theory]
    [InlineData(39)]
    [InlineData(112)]
    [InlineData(1295)]
    public void Codes_of_Windows_for_a_full_disk_are_known(int error) =>
        Assert.IsType<DiskFullException>(DiskFailure.OfWindows(@"C:\data", "cannot be renamed", error));

    [Theory]
    [InlineData(5, "Give the directory to the user")]
    [InlineData(32, @"C:\data cannot be renamed: ")]
    public void Other_codes_of_Windows_are_no_numbers_of_Unix(int error, string text)
    {
        var failure = DiskFailure.OfWindows(@"C:\data", "cannot be renamed", error);

        Assert.IsType<IOException>(failure);
        Assert.Contains(text, failure.Message);
        Assert.DoesNotContain("EIO", failure.Message);
    }

    [Fact]
    public void Write_to_a_full_disk_throws_DiskFullException()
    {
        using var file = new FileDisk("/dev").Open("full");

        var error = Assert.Throws<DiskFullException>(() => file.Write(8, "abc"u8));

        Assert.Contains("/dev/full cannot be written at 8: ENOSPC", error.Message);
        Assert.Contains("Make room", error.Message);
    }

    [Fact]
    public void Create_without_room_leaves_no_file()
    {
        var inMemory = Directory.CreateDirectory($"/dev/shm/raftactors-{Guid.NewGuid():n}");
        try
        {
            var disk = new FileDisk(inMemory.FullName);

            var error = Assert.Throws<DiskFullException>(() => disk.Create("large", new DriveInfo(inMemory.FullName).TotalSize + 4096));

            Assert.Contains("large cannot be created", error.Message);
            Assert.Contains("ENOSPC", error.Message);
            Assert.Empty(disk.List(""));
        }
        finally
        {
            inMemory.Delete(recursive: true);
        }
    }

    [Fact]
    public void Create_beyond_the_limit_of_the_file_system_leaves_no_file()
    {
        var disk = new FileDisk(Folder.Path);

        Assert.ThrowsAny<IOException>(() => disk.Create("large", long.MaxValue));

        Assert.Empty(disk.List(""));
    }

    [Fact]
    public void Missing_rights_are_an_error_of_the_disk()
    {
        var disk = new FileDisk("/sys/kernel");

        Assert.All<Action>(
            [() => disk.Create("raft", 0), () => disk.CreateFolder("raft"), () => disk.Rename("notes", "raft"), () => disk.Delete("notes")],
            act => Assert.Contains("/sys/kernel/", Assert.ThrowsAny<IOException>(act).Message));
    }

    [Fact]
    public void Sync_of_a_missing_folder_or_a_file_fails()
    {
        var disk = new FileDisk(Folder.Path);
        disk.Create("file", 0).Dispose();

        Assert.Contains("ENOTDIR", Assert.Throws<IOException>(() => disk.SyncFolder("file")).Message);
        Assert.Contains("ENOENT", Assert.Throws<IOException>(() => disk.SyncFolder("missing")).Message);
        Assert.Contains("EINVAL", Assert.Throws<IOException>(() => new FileDisk("/proc").SyncFolder("self")).Message);
    }

    [Fact]
    public void Interrupted_call_is_repeated()
    {
        var calls = 0;

        var error = Libc.Retry(0, _ =>
        {
            Marshal.SetLastPInvokeError(Libc.Interrupted);
            return ++calls < 3 ? -1 : 0;
        });

        Assert.Equal((0, 3), (error, calls));
    }

    [Fact]
    public void Failed_call_is_not_repeated()
    {
        var calls = 0;

        var error = Libc.Retry(0, _ =>
        {
            Marshal.SetLastPInvokeError(5);
            return calls++ == 0 ? -1 : 0;
        });

        Assert.Equal((5, 1), (error, calls));
    }
}

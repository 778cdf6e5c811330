using System.Runtime.InteropServices;

using RaftActors.Storage.Disk;

namespace RaftActors.Storage.Tests.Disk;

/// <summary>What fails, fails aloud: with files of Linux that cannot do what is asked of them.</summary>
public sealed class FailingDiskTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Sync_that_the_system_refuses_is_an_error_that_names_file_and_cause()
    {
        using var file = new FileDisk("/dev").Open("null");

        var error = Assert.Throws<IOException>(file.Sync);

        Assert.Contains("/dev/null", error.Message);
        Assert.Contains("EINVAL", error.Message);
        Assert.Contains("local disk", error.Message);
    }

    [Fact]
    public void Sync_that_fails_for_want_of_room_is_not_tried_again()
    {
        const int NoSpace = 28;
        var full = DiskFailure.Of("/data/file", "could not be synced", NoSpace);
        Assert.IsType<DiskFullException>(full);

        var error = DiskFailure.OfSync(full);

        Assert.IsType<IOException>(error);
        Assert.Equal(full.Message, error.Message);
    }

    [Fact]
    public void Write_to_a_full_disk_says_that_it_is_full()
    {
        using var file = new FileDisk("/dev").Open("full");

        var error = Assert.Throws<DiskFullException>(() => file.Write(8, "abc"u8));

        Assert.Contains("/dev/full cannot be written at 8: ENOSPC", error.Message);
        Assert.Contains("Make room", error.Message);
    }

    [Fact]
    public void File_for_which_there_is_no_room_leaves_nothing_behind()
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
    public void File_that_is_too_large_for_the_file_system_leaves_nothing_behind()
    {
        var disk = new FileDisk(_folder.Path);

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
    public void Folder_that_is_none_cannot_be_synced()
    {
        var disk = new FileDisk(_folder.Path);
        disk.Create("file", 0).Dispose();

        Assert.Contains("ENOTDIR", Assert.Throws<IOException>(() => disk.SyncFolder("file")).Message);
        Assert.Contains("ENOENT", Assert.Throws<IOException>(() => disk.SyncFolder("missing")).Message);
        Assert.Contains("EINVAL", Assert.Throws<IOException>(() => new FileDisk("/proc").SyncFolder("self")).Message);
    }

    [Fact]
    public void Call_that_a_signal_interrupts_is_made_again()
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
    public void Call_that_fails_is_not_made_again()
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

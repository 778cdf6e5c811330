namespace RaftActors.Storage.Tests.Disk;

[Trait("Needs", "Linux")]
public sealed class DirectoryLockTests : FolderTest
{
    [Fact]
    public void Missing_directory_is_created_with_its_parents()
    {
        using (DirectoryLock.Take(Folder["a/b/c"]))
        {
            Assert.StartsWith($"{Environment.ProcessId} (", TextOf(Folder["a/b/c/LOCK"]));
        }
    }

    [Fact]
    public void Second_holder_in_this_process_is_refused_with_the_name_of_the_first()
    {
        using var first = DirectoryLock.Take(Folder.Path);

        var error = Assert.Throws<StoreException>(() => DirectoryLock.Take(Folder.Path));

        using var self = Process.GetCurrentProcess();
        Assert.StartsWith($"{Folder.Path} is in use by process {self.Id} ({self.ProcessName}). Stop that process", error.Message);
    }

    [Fact]
    public void Lock_of_another_process_is_refused_until_that_process_is_killed()
    {
        // flock(1) takes the same lock, and cat holds it until its input ends.
        File.WriteAllText(Folder["LOCK"], "4711 (other)\n");
        var other = new ProcessStartInfo("flock", [Folder["LOCK"], "sh", "-c", "echo held; exec cat"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        using var holder = Process.Start(other)!;
        Assert.Equal("held", holder.StandardOutput.ReadLine());

        var error = Assert.Throws<StoreException>(() => DirectoryLock.Take(Folder.Path));
        holder.Kill(entireProcessTree: true);
        holder.WaitForExit();
        _ = holder.StandardOutput.ReadToEnd();

        Assert.Contains("in use by process 4711 (other)", error.Message);
        using var taken = DirectoryLock.Take(Folder.Path);
        Assert.StartsWith($"{Environment.ProcessId} (", TextOf(Folder["LOCK"]));
    }

    [Fact]
    public void Released_lock_can_be_taken_again()
    {
        DirectoryLock.Take(Folder.Path).Dispose();

        DirectoryLock.Take(Folder.Path).Dispose();
    }

    [Fact]
    public void Lock_file_of_a_dead_process_does_not_matter()
    {
        File.WriteAllText(Folder["LOCK"], new string('9', 1000));

        using var taken = DirectoryLock.Take(Folder.Path);

        Assert.StartsWith($"{Environment.ProcessId} (", TextOf(Folder["LOCK"]));
        Assert.EndsWith(")\n", TextOf(Folder["LOCK"]));
    }

    [Fact]
    public void File_in_the_place_of_the_directory_is_refused()
    {
        File.WriteAllText(Folder["file"], "");

        Assert.Contains("is a file", Assert.Throws<StoreException>(() => DirectoryLock.Take(Folder["file"])).Message);
        Assert.Contains("cannot be used as a store", Assert.Throws<StoreException>(() => DirectoryLock.Take(Folder["file/in"])).Message);
    }

    // A folder of Linux in which not even root can create a directory.
    [Fact]
    public void Directory_without_the_right_to_write_is_refused()
    {
        var error = Assert.Throws<StoreException>(() => DirectoryLock.Take("/sys/kernel"));
        var inNew = Assert.Throws<StoreException>(() => DirectoryLock.Take("/sys/kernel/raft"));

        Assert.Contains("/sys/kernel cannot be used as a store", error.Message);
        Assert.EndsWith("name another one.", error.Message);
        Assert.Contains("Give the directory to the user", error.Message);
        Assert.Contains("/sys/kernel/raft cannot be used as a store", inNew.Message);
    }

    private static string TextOf(string path)
    {
        using var file = OperatingSystem.IsWindows()
            ? File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite)
            : Libc.OpenUnlocked(path);
        var text = new byte[2000];
        return System.Text.Encoding.UTF8.GetString(text, 0, RandomAccess.Read(file, text, 0));
    }
}

using System.ComponentModel;

using Microsoft.Win32.SafeHandles;

namespace DiskTrials;

/// <summary>
/// A disk that can lose power: ext4 in a file of the machine's own disk, mounted as a loop device. The cut shuts the file system down
/// without a flush of its journal. So the file keeps what was synced and what the kernel wrote by itself, and later calls fail.
/// </summary>
internal sealed partial class PowerDisk : IDisposable
{
    // EXT4_IOC_SHUTDOWN with EXT4_GOING_FLAGS_NOLOGFLUSH.
    private const uint ShutDown = 0x8004587d;
    private const int WithoutFlush = 2;

    private const int CloseOnExec = 0x80000;

    private readonly string _image;

    /// <param name="folder">Where the disk is mounted. It is created.</param>
    public PowerDisk(string folder, int megabytes)
    {
        (Folder, _image) = (Directory.CreateDirectory(folder).FullName, folder + ".image");
        using (var image = File.Create(_image))
        {
            image.SetLength((long)megabytes << 20);
        }

        Machine.Run("mkfs.ext4", "-q", "-F", _image);
        Mount();
    }

    public string Folder { get; }

    /// <summary>Why this machine has no such disk, with the remedy; null: it has.</summary>
    public static string? Problem()
    {
        if ((Machine.RootProblem() ?? Machine.ProgramProblem("mkfs.ext4", "e2fsprogs")) is { } problem)
        {
            return problem;
        }

        using var work = new TemporaryFolder();
        try
        {
            using var disk = new PowerDisk(work["disk"], megabytes: 8);
            disk.Cut();
            return null;
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception)
        {
            return $"it needs loop devices and ext4, as a privileged container has them: {e.Message}";
        }
    }

    public void Cut()
    {
        using var folder = Open(Folder, CloseOnExec);
        var how = WithoutFlush;
        if (folder.IsInvalid || Control(folder, ShutDown, ref how) != 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }
    }

    /// <summary>Mounts the disk again, as a reboot does. No process may use it.</summary>
    public void Restore()
    {
        Machine.Run("umount", Folder);
        Mount();
    }

    public void Dispose() => Machine.Run("umount", Folder);

    private void Mount() => Machine.Run("mount", "-o", "loop", _image, Folder);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Control(SafeFileHandle file, nuint request, ref int argument);
}

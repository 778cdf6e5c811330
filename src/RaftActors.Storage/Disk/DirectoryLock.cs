using System.Diagnostics;
using System.Globalization;
using System.Text;

using Microsoft.Win32.SafeHandles;

namespace RaftActors.Storage.Disk;

/// <summary>
/// The right to a directory: one holder on this machine at a time, be it in another process or in this one. The operating system itself
/// takes it back when the process ends, however it ends, so that a LOCK file that was left behind is no obstacle.
/// </summary>
internal sealed class DirectoryLock : IDisposable
{
    /// <summary>The file that is locked. Whose it is stands in it, for messages.</summary>
    public const string FileName = "LOCK";

    private const int NoteSizeMax = 256;

    private readonly SafeFileHandle _file;

    private DirectoryLock(SafeFileHandle file) => _file = file;

    /// <summary>Makes the directory, durably, if it is missing, and takes the lock.</summary>
    /// <exception cref="StoreException">Somebody else has it, or the directory cannot be used.</exception>
    public static DirectoryLock Take(string directory)
    {
        var path = Path.GetFullPath(directory);
        if (File.Exists(path))
        {
            throw new StoreException($"{path} is a file, and a store needs a directory. Name another path.");
        }

        try
        {
            Make(path);
            var file = OpenLocked(Path.Combine(path, FileName));
            Sign(file);
            return new DirectoryLock(file);
        }
        catch (Exception e) when (FileDisk.IsFailure(e))
        {
            throw e as StoreException ?? new StoreException(DiskFailure.Of(path, "cannot be used as a store", e).Message, e);
        }
    }

    /// <summary>Takes the lock of a directory that is there, to read in it, and changes nothing.</summary>
    /// <returns>Null: it was never locked.</returns>
    /// <exception cref="StoreException">Somebody else has it, or it cannot be read.</exception>
    public static DirectoryLock? TakeToRead(string directory)
    {
        var path = Path.Combine(Path.GetFullPath(directory), FileName);
        try
        {
            return File.Exists(path) ? new DirectoryLock(OpenLocked(path, FileMode.Open, FileAccess.Read)) : null;
        }
        catch (Exception e) when (FileDisk.IsFailure(e))
        {
            throw e as StoreException ?? new StoreException(DiskFailure.Of(path, "cannot be read", e).Message, e);
        }
    }

    /// <summary>Gives it back.</summary>
    public void Dispose() => _file.Dispose();

    // A directory that a power cut takes away takes with it all that was acknowledged in it. It is synced also when it was there already:
    // the start that made it may have died before. The right to read a parent that others made may be missing, and then it is theirs.
    private static void Make(string path)
    {
        var isNew = !Directory.Exists(path);
        var parent = Path.GetDirectoryName(path);
        if (isNew && parent is not null)
        {
            Make(parent);
        }

        Directory.CreateDirectory(path);
        if (parent is not null && !OperatingSystem.IsWindows() && Libc.SyncFolder(parent) is var error and not 0 && isNew)
        {
            throw DiskFailure.Of(parent, "could not be made durable with its names", error);
        }
    }

    private static SafeFileHandle OpenLocked(
        string path, FileMode mode = FileMode.OpenOrCreate, FileAccess access = FileAccess.ReadWrite)
    {
        // Windows refuses a second writer by itself, and lets others read whose it is; elsewhere only None excludes anybody.
        var share = OperatingSystem.IsWindows() ? FileShare.Read : FileShare.None;
        try
        {
            return File.OpenHandle(path, mode, access, share);
        }
        catch (IOException e) when (IsTaken(e))
        {
            throw new StoreException(
                $"{Path.GetDirectoryName(path)} is in use by {HolderOf(path)}. Stop that one first, or give this one its own directory.",
                e);
        }
    }

    // EWOULDBLOCK on Linux and on macOS, and the sharing violation of Windows.
    private static bool IsTaken(IOException e) =>
        e.HResult == (OperatingSystem.IsWindows() ? unchecked((int)0x80070020) : OperatingSystem.IsMacOS() ? 35 : 11);

    private static void Sign(SafeFileHandle file)
    {
        using var self = Process.GetCurrentProcess();
        var note = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{self.Id} ({self.ProcessName})\n"));

        // In the room that it has: a full disk is opened as well.
        RandomAccess.Write(file, note, 0);
        RandomAccess.SetLength(file, note.Length);
    }

    private static string HolderOf(string path)
    {
        try
        {
            using var file = OperatingSystem.IsWindows()
                ? File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite)
                : Libc.OpenUnlocked(path);
            var note = new byte[NoteSizeMax];
            var text = Encoding.UTF8.GetString(note, 0, RandomAccess.Read(file, note, 0)).Trim();
            return text.Length > 0 ? $"process {text}" : "another process";
        }
        catch (Exception e) when (FileDisk.IsFailure(e) || e is ArgumentException)
        {
            return "another process";
        }
    }
}

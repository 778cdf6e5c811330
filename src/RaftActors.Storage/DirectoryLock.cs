using System.Diagnostics;
using System.Globalization;
using System.Text;

using Microsoft.Win32.SafeHandles;

using RaftActors.Storage.Disk;

namespace RaftActors.Storage;

/// <summary>
/// The lock of a directory: one holder on this machine at a time, within one process too. The operating system releases it when the
/// process ends, even by a kill, so a LOCK file left behind does not matter.
/// </summary>
internal sealed class DirectoryLock : IDisposable
{
    /// <summary>The locked file. A store creates it before anything else in its directory. It contains the holder, for messages.</summary>
    public const string FileName = "LOCK";

    private const int NoteSizeMax = 256;

    private readonly SafeFileHandle _file;

    private DirectoryLock(SafeFileHandle file) => _file = file;

    /// <summary>Creates a missing directory, durably, and takes the lock.</summary>
    /// <param name="isSharedAllowed">Accepts a directory that other users can change.</param>
    /// <exception cref="StoreException">Another holder has the lock, or the directory cannot be used.</exception>
    public static DirectoryLock Take(string directory, bool isSharedAllowed = false)
    {
        var path = Path.GetFullPath(directory);
        if (File.Exists(path))
        {
            throw new StoreException($"{path} is a file, and a store needs a directory. Name another path.");
        }

        try
        {
            Make(path, isSharedAllowed);
            var file = OpenLocked(Path.Combine(path, FileName));
            Sign(file);
            return new DirectoryLock(file);
        }
        catch (Exception e) when (FileDisk.IsFailure(e))
        {
            throw e as StoreException ?? new StoreException(
                $"{DiskFailure.Of(path, "cannot be used as a store", e).Message} If it is no folder for files of this program, "
                + "name another one.",
                e);
        }
    }

    /// <summary>Takes the lock of an existing directory for reading, and changes nothing.</summary>
    /// <returns>Null if the directory has no lock file.</returns>
    /// <exception cref="StoreException">Another holder has the lock, or it cannot be read.</exception>
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

    public void Dispose() => _file.Dispose();

    // Another user could create a missing directory between the check and its creation, so the check is repeated.
    private static void Make(string path, bool isSharedAllowed)
    {
        if (isSharedAllowed)
        {
            Make(path);
            return;
        }

        TrustedPath.Check(path);
        Make(path);
        TrustedPath.Check(path);
        StoreFiles.Check(path);
    }

    // If a power cut removed the directory, every acknowledged write in it would be lost. So its name is synced in the parent. An existing
    // directory is synced too, because the start that created it may have died before its sync. If the directory existed, a failed sync of
    // the parent is accepted, because this program may lack the right to read it.
    private static void Make(string path)
    {
        var isNew = !Directory.Exists(path);
        var parent = Path.GetDirectoryName(path);
        if (isNew && parent is not null)
        {
            Make(parent);
        }

        PrivateFile.CreateFolder(path);
        if (parent is not null && !OperatingSystem.IsWindows() && Libc.SyncFolder(parent) is var error and not 0 && isNew)
        {
            throw DiskFailure.Of(parent, "could not be made durable with its names", error);
        }
    }

    private static SafeFileHandle OpenLocked(
        string path, FileMode mode = FileMode.OpenOrCreate, FileAccess access = FileAccess.ReadWrite)
    {
        // On Windows this refuses a second writer, and lets others read the holder. Elsewhere only None takes an exclusive lock.
        var share = OperatingSystem.IsWindows() ? FileShare.Read : FileShare.None;
        try
        {
            return access == FileAccess.Read ? File.OpenHandle(path, mode, access, share) : PrivateFile.Open(path, mode, share);
        }
        catch (IOException e) when (IsTaken(e))
        {
            throw new StoreException(
                $"{Path.GetDirectoryName(path)} is in use by {HolderOf(path)}. Stop that process, or use another directory.",
                e);
        }
    }

    // The sharing violation of Windows, EWOULDBLOCK on macOS and on Linux.
    private static bool IsTaken(IOException e) =>
        e.HResult == (OperatingSystem.IsWindows() ? unchecked((int)0x80070020) : OperatingSystem.IsMacOS() ? 35 : 11);

    private static void Sign(SafeFileHandle file)
    {
        using var self = Process.GetCurrentProcess();
        var note = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{self.Id} ({self.ProcessName})\n"));

        // Overwrites in place, because a full disk must not keep a store from opening.
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

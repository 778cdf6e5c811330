using System.Runtime.InteropServices;
using System.Runtime.Versioning;

using Microsoft.Win32.SafeHandles;

namespace RaftActors.Storage.Disk;

/// <summary>
/// Calls of libc, because .NET's own calls do not report every failure. Each call returns the error number, or 0. An interrupted call is
/// repeated.
/// </summary>
[UnsupportedOSPlatform("windows")]
internal static partial class Libc
{
    /// <summary>EINTR: a signal interrupted the call before it did anything.</summary>
    public const int Interrupted = 4;

    private const string Library = "libc";
    private const int CloseOnExecOfLinux = 0x80000;
    private const int CloseOnExecOfMac = 0x1000000;

    // F_FULLFSYNC, and the errors of a file system without it: EINVAL, ENOTTY, ENOTSUP.
    private const int FullSyncOfMac = 51;
    private const int Invalid = 22;
    private const int NoDevice = 25;
    private const int NotSupportedOnMac = 45;
    private const int NoEntry = 2;
    private const int NoFolder = 20;

    // Of statx: AT_FDCWD, AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS, S_IFMT, S_IFDIR, S_IFLNK.
    private const int CurrentFolder = -100;
    private const int NoFollow = 0x100;
    private const uint BasicStatus = 0x7ff;
    private const ushort KindBits = 0xf000;
    private const ushort FolderKind = 0x4000;
    private const ushort LinkKind = 0xa000;

    // Resolves the symbols like the program itself, so that a preloaded library that makes the disk fail is not bypassed.
    static Libc() => NativeLibrary.SetDllImportResolver(
        typeof(Libc).Assembly, static (name, _, _) => name == Library ? NativeLibrary.GetMainProgramHandle() : 0);

    private static int ReadOnlyFlags =>
        OperatingSystem.IsLinux() ? CloseOnExecOfLinux : OperatingSystem.IsMacOS() ? CloseOnExecOfMac : 0;

    /// <summary>fdatasync: makes the contents durable, and the length and block map if they changed.</summary>
    [SupportedOSPlatform("linux")]
    public static int SyncData(SafeFileHandle file) => Retry(file, static file => DataSync(file));

    /// <summary>fsync: makes the contents and the whole inode durable.</summary>
    public static int SyncAll(SafeFileHandle file) => Retry(file, static file => Sync(file));

    /// <summary>
    /// F_FULLFSYNC: also empties the cache of the disk, which fsync of macOS leaves as it is. A file system without it gets an fsync.
    /// </summary>
    [SupportedOSPlatform("macos")]
    public static int SyncToPlatter(SafeFileHandle file) =>
        Retry(file, static file => Control(file, FullSyncOfMac)) is var error and not (Invalid or NoDevice or NotSupportedOnMac)
            ? error
            : SyncAll(file);

    /// <summary>fallocate: allocates a file up to this size and extends it. New bytes read as zero.</summary>
    [SupportedOSPlatform("linux")]
    public static int Allocate(SafeFileHandle file, long size) =>
        Retry((file, size), static room => Allocate(room.file, mode: 0, offset: 0, room.size));

    public static int Rename(string from, string to) => Retry((from, to), static names => RenameOnce(names.from, names.to));

    /// <summary>fsync on a folder: makes its names durable. On macOS as <see cref="SyncToPlatter"/> does.</summary>
    public static int SyncFolder(string path)
    {
        // The slash demands a folder. O_DIRECTORY would too, but its value depends on the processor.
        var opened = -1;
        var error = Retry(path + '/', path => opened = OpenForReading(path, ReadOnlyFlags));
        if (error != 0)
        {
            return error;
        }

        using SafeFileHandle folder = new(opened, ownsHandle: true);
        return OperatingSystem.IsMacOS() ? SyncToPlatter(folder) : SyncAll(folder);
    }

    /// <summary>statx. Unlike stat, it has one layout on all processors.</summary>
    [SupportedOSPlatform("linux")]
    public static int Status(string path, bool followsLink, out FileStatus status)
    {
        var read = default(FileStatus);
        var error = Retry(path, path => Status(CurrentFolder, path, followsLink ? 0 : NoFollow, BasicStatus, ref read));
        status = read;
        return error;
    }

    /// <summary>Returns the rights of a file or of a symbolic link itself, or null if the path does not exist.</summary>
    [SupportedOSPlatform("linux")]
    public static FileRights? Rights(string path)
    {
        switch (Status(path, followsLink: false, out var status))
        {
            case 0:
                break;
            case NoEntry or NoFolder:
                return null;
            case var error:
                throw DiskFailure.Of(path, "does not report its rights", error);
        }

        var kind = status.Mode & KindBits;
        return new FileRights(
            kind == FolderKind,
            status.Owner,
            status.Group,
            (UnixFileMode)(status.Mode & ~KindBits),
            kind == LinkKind ? new FileInfo(path).LinkTarget : null);
    }

    /// <summary>geteuid: the number of the user whose rights this process has.</summary>
    [LibraryImport(Library, EntryPoint = "geteuid")]
    public static partial uint User();

    /// <summary>Opens a file for reading without .NET's advisory lock, so that a locked file can be read.</summary>
    public static SafeFileHandle OpenUnlocked(string path) => new(OpenForReading(path, ReadOnlyFlags), true);

    /// <summary>Repeats a call until no signal interrupts it.</summary>
    internal static int Retry<T>(T argument, Func<T, int> call)
    {
        while (call(argument) < 0)
        {
            if (Marshal.GetLastPInvokeError() is var error and not Interrupted)
            {
                return error;
            }
        }

        return 0;
    }

    [LibraryImport(Library, EntryPoint = "fdatasync", SetLastError = true)]
    private static partial int DataSync(SafeFileHandle file);

    [LibraryImport(Library, EntryPoint = "fsync", SetLastError = true)]
    private static partial int Sync(SafeFileHandle file);

    // fcntl takes a third argument, which F_FULLFSYNC ignores.
    [LibraryImport(Library, EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Control(SafeFileHandle file, int command);

    [LibraryImport(Library, EntryPoint = "fallocate", SetLastError = true)]
    private static partial int Allocate(SafeFileHandle file, int mode, long offset, long size);

    [LibraryImport(Library, EntryPoint = "rename", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RenameOnce(string from, string to);

    [LibraryImport(Library, EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenForReading(string path, int flags);

    [LibraryImport(Library, EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Status(int folder, string path, int flags, uint mask, ref FileStatus status);

    /// <summary>struct statx.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    public struct FileStatus
    {
        [FieldOffset(20)]
        public uint Owner;

        [FieldOffset(24)]
        public uint Group;

        [FieldOffset(28)]
        public ushort Mode;
    }
}

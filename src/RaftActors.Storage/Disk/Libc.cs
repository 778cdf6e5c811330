using System.Runtime.InteropServices;

using Microsoft.Win32.SafeHandles;

namespace RaftActors.Storage.Disk;

/// <summary>
/// Calls of libc, because .NET's own calls do not report every failure. Each call returns the error number, or 0. An interrupted call is
/// repeated.
/// </summary>
internal static partial class Libc
{
    /// <summary>EINTR: a signal interrupted the call before it did anything.</summary>
    public const int Interrupted = 4;

    private const string Library = "libc";
    private const int CloseOnExec = 0x80000;

    // Resolves the symbols as the program itself would. So a preloaded library that makes the disk fail is not bypassed.
    static Libc() => NativeLibrary.SetDllImportResolver(
        typeof(Libc).Assembly, static (name, _, _) => name == Library ? NativeLibrary.GetMainProgramHandle() : 0);

    /// <summary>fdatasync: makes the contents durable, and the length and block map if they changed.</summary>
    public static int SyncData(SafeFileHandle file) => Retry(file, static file => DataSync(file));

    /// <summary>fsync: makes the contents and the whole inode durable.</summary>
    public static int SyncAll(SafeFileHandle file) => Retry(file, static file => Sync(file));

    /// <summary>fallocate: allocates a file up to this size and extends it. New bytes read as zero.</summary>
    public static int Allocate(SafeFileHandle file, long size) =>
        Retry((file, size), static room => Allocate(room.file, mode: 0, offset: 0, room.size));

    public static int Rename(string from, string to) => Retry((from, to), static names => RenameOnce(names.from, names.to));

    /// <summary>fsync on a folder: makes its names durable.</summary>
    public static int SyncFolder(string path)
    {
        // The slash demands a folder. O_DIRECTORY would too, but its value depends on the processor.
        var folder = -1;
        var error = Retry(path + '/', path => folder = OpenForReading(path, OperatingSystem.IsLinux() ? CloseOnExec : 0));
        if (error == 0)
        {
            error = Retry(folder, static folder => SyncDescriptor(folder));
            _ = Close(folder);
        }

        return error;
    }

    /// <summary>Opens a file for reading without .NET's advisory lock, so that a locked file can be read.</summary>
    public static SafeFileHandle OpenUnlocked(string path) => new(OpenForReading(path, OperatingSystem.IsLinux() ? CloseOnExec : 0), true);

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

    [LibraryImport(Library, EntryPoint = "fsync", SetLastError = true)]
    private static partial int SyncDescriptor(int file);

    [LibraryImport(Library, EntryPoint = "fallocate", SetLastError = true)]
    private static partial int Allocate(SafeFileHandle file, int mode, long offset, long size);

    [LibraryImport(Library, EntryPoint = "rename", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RenameOnce(string from, string to);

    [LibraryImport(Library, EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenForReading(string path, int flags);

    [LibraryImport(Library, EntryPoint = "close")]
    private static partial int Close(int file);
}

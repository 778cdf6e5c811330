using System.Runtime.InteropServices;

using Microsoft.Win32.SafeHandles;

namespace RaftActors.Storage.Disk;

/// <summary>
/// What the store takes from the C library itself, because the framework's own calls do not tell when it fails. Each returns the
/// number of the error, 0 for none.
/// </summary>
internal static partial class Libc
{
    /// <summary>A signal came in between: nothing is wrong, and nothing was done.</summary>
    public const int Interrupted = 4;

    private const string Library = "libc";
    private const int CloseOnExec = 0x80000;

    // As the program itself would call it: a library that was loaded before this one, so that the disk fails on purpose, is not bypassed.
    static Libc() => NativeLibrary.SetDllImportResolver(
        typeof(Libc).Assembly, static (name, _, _) => name == Library ? NativeLibrary.GetMainProgramHandle() : 0);

    /// <summary>The contents, and of the description what reading them needs: the length if it changed, where the blocks are.</summary>
    public static int SyncData(SafeFileHandle file) => Retry(file, static file => DataSync(file));

    /// <summary>All of a file: contents, length and the rest of its description.</summary>
    public static int SyncAll(SafeFileHandle file) => Retry(file, static file => Sync(file));

    /// <summary>Takes room for a file up to this size and makes it that long; what is new reads as zero.</summary>
    public static int Allocate(SafeFileHandle file, long size) =>
        Retry((file, size), static room => Allocate(room.file, mode: 0, offset: 0, room.size));

    public static int Rename(string from, string to) => Retry((from, to), static names => RenameOnce(names.from, names.to));

    /// <summary>Makes durable which names a folder has.</summary>
    public static int SyncFolder(string path)
    {
        // The slash makes it a folder or an error; the flag that does the same has another value on each processor.
        var folder = -1;
        var error = Retry(path + '/', path => folder = OpenForReading(path, OperatingSystem.IsLinux() ? CloseOnExec : 0));
        if (error == 0)
        {
            error = Retry(folder, static folder => SyncDescriptor(folder));
            _ = Close(folder);
        }

        return error;
    }

    /// <summary>Opens a file for reading without the lock that the framework takes, so that one that is locked can be read.</summary>
    public static SafeFileHandle OpenUnlocked(string path) => new(OpenForReading(path, OperatingSystem.IsLinux() ? CloseOnExec : 0), true);

    /// <summary>Calls until no signal comes in between.</summary>
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

using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace RaftActors.Storage.Disk;

/// <summary>
/// Calls of Windows that .NET does not make: a rename that is on the disk when it returns, and the free space of any folder. Each call
/// returns the error code, or 0.
/// </summary>
[SupportedOSPlatform("windows")]
internal static partial class Kernel32
{
    private const string Library = "kernel32";
    private const uint ReplaceExisting = 1;
    private const uint WriteThrough = 8;
    private const int LongPath = 248;

    /// <summary>
    /// Renames a file or a folder on one volume, and replaces a file. Without COPY_ALLOWED the call fails rather than copy to another
    /// volume piece by piece. WRITE_THROUGH makes the new name durable, because Windows cannot sync a folder.
    /// </summary>
    /// <param name="from">A full path.</param>
    /// <param name="to">A full path.</param>
    /// <param name="isReplacing">If false, an existing file is an error.</param>
    public static int Rename(string from, string to, bool isReplacing = true)
    {
        // Windows refuses ReplaceExisting for folders.
        var flags = isReplacing && !Directory.Exists(from) ? WriteThrough | ReplaceExisting : WriteThrough;
        return MoveFile(Extended(from), Extended(to), flags) ? 0 : Marshal.GetLastPInvokeError();
    }

    /// <summary>
    /// Returns the bytes that this user may still write to the volume of a folder, which may be a mounted one or a share.
    /// </summary>
    public static int FreeBytes(string folder, out long free)
    {
        var isDone = FreeSpace(Path.TrimEndingDirectorySeparator(Extended(folder)) + '\\', out var bytes, out _, out _);
        free = (long)Math.Min(bytes, long.MaxValue);
        return isDone ? 0 : Marshal.GetLastPInvokeError();
    }

    // Windows takes longer paths only with a prefix, and then without slashes.
    private static string Extended(string path)
    {
        var full = Path.GetFullPath(path);
        return full.Length < LongPath || full.StartsWith(@"\\?\", StringComparison.Ordinal) ? full
            : full.StartsWith(@"\\", StringComparison.Ordinal) ? $@"\\?\UNC\{full[2..]}"
            : $@"\\?\{full}";
    }

    [LibraryImport(Library, EntryPoint = "MoveFileExW", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool MoveFile(string from, string to, uint flags);

    [LibraryImport(Library, EntryPoint = "GetDiskFreeSpaceExW", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool FreeSpace(string folder, out ulong free, out ulong size, out ulong freeOfAll);
}
